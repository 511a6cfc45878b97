package io.weft.pilot.model.parse;

import java.util.ArrayList;
import java.util.List;

/**
 * The documents of a YAML text.
 *
 * <p>Cut at the lines that start with {@code ---}, which in YAML can be nothing else, so that a document that does not
 * parse leaves its neighbours readable and one document can be replaced without touching the others' bytes.
 */
public final class Documents {

    private Documents() {}

    /**
     * One document's text.
     *
     * @param start offset of its first character, the marker line's included
     * @param body offset of the first character after the marker line
     * @param end offset after its last character
     */
    public record Span(int start, int body, int end) {

        public String text(String file) {
            return file.substring(body, end);
        }
    }

    /** Cuts a text; at least one span, together they cover all of it. */
    public static List<Span> split(String text) throws UnreadableException {
        List<Span> spans = new ArrayList<>();
        int start = 0;
        int body = 0;
        for (int line = 0; line < text.length(); line = nextLine(text, line)) {
            if (!isMarker(text, line)) {
                continue;
            }
            // What follows the marker on its line belongs to the document.
            if (line > 0) {
                spans.add(new Span(start, body, line));
            }
            ParseLimits.requireDocuments(spans.size() + 1);
            start = line;
            body = line + 3;
        }
        spans.add(new Span(start, body, text.length()));
        return spans;
    }

    /** Whether more than one of them holds more than blanks and comments. */
    public static boolean isSeveral(String text) throws UnreadableException {
        long filled = split(text).stream()
                .filter(span -> span.text(text)
                        .lines()
                        .map(String::strip)
                        .anyMatch(line -> !line.isEmpty() && !line.startsWith("#")))
                .count();
        return filled > 1;
    }

    private static boolean isMarker(String text, int line) {
        return text.startsWith("---", line)
                && (line + 3 == text.length() || Character.isWhitespace(text.charAt(line + 3)));
    }

    private static int nextLine(String text, int from) {
        int newline = text.indexOf('\n', from);
        return newline < 0 ? text.length() : newline + 1;
    }
}
