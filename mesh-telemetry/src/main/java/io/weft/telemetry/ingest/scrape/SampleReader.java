package io.weft.telemetry.ingest.scrape;

import io.weft.telemetry.store.LabelSet;
import io.weft.telemetry.store.Texts;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the lines of a page piece by piece: name, labels, value. Says where it stands when something does not read. */
final class SampleReader {

    private static final int MAX_LINE = 32 * 1024;
    private static final int MAX_LABELS = 64;
    private static final int MAX_NAME = 128;
    private static final int MAX_VALUE = 1024;
    private static final String BOUND = "le";

    private final String text;
    /** One request's labels stand at its count, its duration and its sizes. */
    private final Map<LabelSet, LabelSet> known = new HashMap<>();

    private int next;
    private int line;
    private int at;
    private int end;
    private String labelsText = "";
    private @Nullable LabelSet labelsBefore;
    private @Nullable String bound;

    SampleReader(String text) {
        this.text = text;
    }

    /** Goes to the next line; false behind the last. */
    boolean nextLine() {
        if (next >= text.length()) {
            return false;
        }
        line++;
        at = next;
        int newline = text.indexOf('\n', next);
        end = newline < 0 ? text.length() : newline;
        next = end + 1;
        return true;
    }

    int line() {
        return line;
    }

    boolean beginsWith(String prefix) {
        return text.startsWith(prefix, at);
    }

    /** Whether the line is of the metric with exactly that name. */
    boolean isOf(String name) {
        return text.startsWith(name, at) && isEndOfName(at + name.length());
    }

    /** The whole line, as long as that is no longer than it may be. */
    String whole() throws UnreadablePageException {
        checkLine();
        return text.substring(at, end);
    }

    /** The name of the metric; the reader stands behind it then. */
    String name() throws UnreadablePageException {
        checkLine();
        int from = at;
        while (!isEndOfName(at)) {
            at++;
        }
        return text.substring(from, at);
    }

    /** The bound of the bucket whose labels were read last. */
    String bound(String metric) throws UnreadablePageException {
        if (bound == null) {
            throw new UnreadablePageException("line " + line + ": a bucket of " + metric + " has no label le");
        }
        return bound;
    }

    private boolean isEndOfName(int index) {
        return index >= end || text.charAt(index) == ' ' || text.charAt(index) == '{';
    }

    private void checkLine() throws UnreadablePageException {
        if (end - at > MAX_LINE) {
            throw new UnreadablePageException("line " + line + " has " + (end - at) + " characters (expected: at most " + MAX_LINE + ")");
        }
    }

    /** Buckets of one histogram differ in their last label only: what stands before it is read once. */
    LabelSet labels(boolean bucket) throws UnreadablePageException {
        bound = null;
        if (at >= end || text.charAt(at) != '{') {
            return LabelSet.of(new TreeMap<>());
        }
        int from = at + 1;
        LabelSet before = labelsBefore;
        if (bucket && before != null && text.startsWith(labelsText + BOUND + "=\"", from)) {
            at = from + labelsText.length() + BOUND.length() + 1;
            bound = quoted();
            closeAfter();
            return before;
        }
        return readLabels(from, bucket);
    }

    private LabelSet readLabels(int from, boolean bucket) throws UnreadablePageException {
        at = from;
        TreeMap<String, String> labels = new TreeMap<>();
        int lastBegan = from;
        String lastName = "";
        while (at < end && text.charAt(at) != '}') {
            lastBegan = at;
            lastName = labelName();
            String value = quoted();
            if (bucket && lastName.equals(BOUND)) {
                bound = value;
            } else if (labels.put(lastName, value) != null) {
                throw new UnreadablePageException("line " + line + ": label " + lastName + " is there twice");
            }
            if (labels.size() > MAX_LABELS) {
                throw new UnreadablePageException("line " + line + ": more than " + MAX_LABELS + " labels");
            }
            if (at < end && text.charAt(at) == ',') {
                at++;
            } else if (at >= end || text.charAt(at) != '}') {
                throw wrong("after label " + lastName, rest(), ", or }");
            }
        }
        if (at >= end) {
            throw new UnreadablePageException("line " + line + ": the labels do not end (expected: })");
        }
        at++;
        LabelSet read = known.computeIfAbsent(LabelSet.of(labels), Function.identity());
        boolean boundIsLast = bucket && lastName.equals(BOUND);
        labelsText = boundIsLast ? text.substring(from, lastBegan) : "";
        labelsBefore = boundIsLast ? read : null;
        return read;
    }

    private void closeAfter() throws UnreadablePageException {
        if (at < end && text.charAt(at) == ',') {
            at++;
        }
        if (at >= end || text.charAt(at) != '}') {
            throw wrong("after label " + BOUND, rest(), "}");
        }
        at++;
    }

    private String labelName() throws UnreadablePageException {
        int from = at;
        while (at < end && isNameCharacter(text.charAt(at), at > from)) {
            at++;
        }
        String name = text.substring(from, at);
        boolean ended = at < end && text.charAt(at) == '=';
        if (name.isEmpty() || !ended || name.length() > MAX_NAME || name.startsWith("__")) {
            throw wrong("label name", text.substring(from, Math.min(end, at + 1)), "[a-zA-Z_][a-zA-Z0-9_]*=, not beginning with __");
        }
        at++;
        return name;
    }

    private static boolean isNameCharacter(char c, boolean digitsToo) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || digitsToo && c >= '0' && c <= '9';
    }

    private String quoted() throws UnreadablePageException {
        if (at >= end || text.charAt(at) != '"') {
            throw wrong("label value", rest(), "\"");
        }
        int from = ++at;
        while (at < end && text.charAt(at) != '"' && text.charAt(at) != '\\') {
            at++;
        }
        StringBuilder escaped = null;
        while (at < end && text.charAt(at) != '"') {
            if (escaped == null) {
                escaped = new StringBuilder(text.substring(from, at));
            }
            char c = text.charAt(at++);
            escaped.append(c == '\\' ? escape() : c);
        }
        if (at >= end) {
            throw new UnreadablePageException("line " + line + ": a label's value does not end (expected: \")");
        }
        String value = escaped == null ? text.substring(from, at) : escaped.toString();
        at++;
        if (value.length() > MAX_VALUE) {
            throw new UnreadablePageException(
                    "line " + line + ": a label's value has " + value.length() + " characters (expected: at most " + MAX_VALUE + ")");
        }
        return value;
    }

    private char escape() throws UnreadablePageException {
        char c = at < end ? text.charAt(at++) : ' ';
        return switch (c) {
            case '\\', '"' -> c;
            case 'n' -> '\n';
            default -> throw wrong("escape", "\\" + c, "\\\\, \\\" or \\n");
        };
    }

    /** What stands behind the labels: a number, and perhaps a time that does not matter here. */
    double value() throws UnreadablePageException {
        if (at >= end || text.charAt(at) != ' ') {
            throw wrong("value", rest(), "a space and a number");
        }
        String[] words = text.substring(at + 1, end).strip().split(" ", -1);
        if (words.length > 2 || words.length == 2 && !isTime(words[1])) {
            throw wrong("value", rest(), "a number, perhaps a time");
        }
        return number(words[0]);
    }

    private static boolean isTime(String word) {
        return !word.isEmpty() && word.length() <= 20 && word.chars().allMatch(c -> c >= '0' && c <= '9' || c == '-');
    }

    double number(String word) throws UnreadablePageException {
        double number = Decimal.parse(word);
        // NaN is not either.
        if (!(number >= 0) || Double.isInfinite(number)) {
            throw wrong("value", word, "a number >= 0");
        }
        return number;
    }

    private String rest() {
        return Texts.cut(text.substring(Math.min(at, end), end), MAX_NAME);
    }

    UnreadablePageException wrong(String what, String value, String expected) {
        return new UnreadablePageException("line " + line + ": " + what + " " + Texts.shown(value) + " (expected: " + expected + ")");
    }
}
