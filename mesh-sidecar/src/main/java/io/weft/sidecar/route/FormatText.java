package io.weft.sidecar.route;

import io.weft.sidecar.resource.ResourceException;
import java.util.function.Consumer;

/** Envoy's format strings: text with {@code %COMMAND(ARGUMENTS)%} in it, and {@code %%} for a percent sign. */
public final class FormatText {
    private FormatText() {}

    /**
     * Takes a format apart, in its order.
     *
     * @param what it is, for the message
     * @param command without its percent signs
     * @throws ResourceException for a command that does not end
     */
    public static void split(String what, String text, Consumer<String> literal, Consumer<String> command) {
        StringBuilder plain = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c != '%') {
                plain.append(c);
                i++;
            } else if (i + 1 < text.length() && text.charAt(i + 1) == '%') {
                plain.append('%');
                i += 2;
            } else {
                int end = end(what, text, i + 1);
                flush(plain, literal);
                command.accept(text.substring(i + 1, end));
                i = end + 1;
            }
        }
        flush(plain, literal);
    }

    private static void flush(StringBuilder plain, Consumer<String> literal) {
        if (plain.length() > 0) {
            literal.accept(plain.toString());
            plain.setLength(0);
        }
    }

    /** A percent sign inside parentheses (a time format) does not end the command. */
    private static int end(String what, String text, int from) {
        int depth = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == '%' && depth <= 0) {
                return i;
            }
        }
        throw new ResourceException(what + ": " + text.substring(from - 1) + " (expected: a closing % for each command, %% for a percent sign)");
    }
}
