package io.weft.sidecar.route;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.weft.sidecar.resource.ResourceException;
import java.util.ArrayList;
import java.util.List;

/**
 * Replaces every match, as RE2 does it: {@code \\0} to {@code \\9} are the match and its groups, one digit each, and there is no empty match where the last one ended.
 * RE2/J's own replacement differs in both: {@code .*} matches a whole text twice.
 */
final class RegexReplace {

    /** Either text, or the number of a group. */
    private record Part(String text, int group) {}

    private final Pattern pattern;
    private final List<Part> parts;

    /** @throws ResourceException if the substitution does not parse, or names a group that the pattern has not */
    RegexReplace(Pattern pattern, String substitution) {
        this.pattern = pattern;
        this.parts = parts(substitution, pattern.groupCount());
    }

    private static List<Part> parts(String substitution, int groups) {
        List<Part> parts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < substitution.length(); i++) {
            char c = substitution.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char next = ++i < substitution.length() ? substitution.charAt(i) : ' ';
            if (next == '\\') {
                text.append(next);
            } else if (next >= '0' && next <= '9') {
                if (next - '0' > groups) {
                    throw new ResourceException("substitution: " + substitution + " names group " + next + " (expected: at most " + groups + ")");
                }
                parts.add(new Part(text.toString(), -1));
                parts.add(new Part("", next - '0'));
                text.setLength(0);
            } else {
                throw new ResourceException("substitution: " + substitution + " (expected: \\0 to \\9 or \\\\ after a backslash)");
            }
        }
        parts.add(new Part(text.toString(), -1));
        return List.copyOf(parts);
    }

    String all(String text) {
        Matcher matcher = pattern.matcher(text);
        StringBuilder out = new StringBuilder(text.length() + 32);
        int end = -1;
        int copied = 0;
        while (matcher.find()) {
            if (matcher.end() == matcher.start() && matcher.start() == end) {
                continue;
            }
            out.append(text, copied, matcher.start());
            append(out, matcher);
            end = matcher.end();
            copied = end;
        }
        return out.append(text, copied, text.length()).toString();
    }

    private void append(StringBuilder out, Matcher matcher) {
        for (Part part : parts) {
            if (part.group() < 0) {
                out.append(part.text());
            } else {
                String group = matcher.group(part.group());
                out.append(group == null ? "" : group);
            }
        }
    }
}
