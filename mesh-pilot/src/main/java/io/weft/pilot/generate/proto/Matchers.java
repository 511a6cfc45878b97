package io.weft.pilot.generate.proto;

import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.weft.pilot.model.StringMatch;

/** String matchers. */
public final class Matchers {

    private static final String META = "\\.+*?()|[]{}^$/";

    private Matchers() {}

    public static StringMatcher exact(String value) {
        return StringMatcher.newBuilder().setExact(value).build();
    }

    /** Any value but the empty one. */
    public static StringMatcher nonEmpty() {
        return regex(".+");
    }

    /** RE2, full match. */
    public static StringMatcher regex(String expression) {
        return StringMatcher.newBuilder().setSafeRegex(regexOf(expression)).build();
    }

    public static RegexMatcher regexOf(String expression) {
        return RegexMatcher.newBuilder().setRegex(expression).build();
    }

    /** A literal prefix; the empty one, which Envoy refuses, is any value. */
    public static StringMatcher prefix(String value) {
        return value.isEmpty() ? regex(".*") : StringMatcher.newBuilder().setPrefix(value).build();
    }

    public static StringMatcher suffix(String value) {
        return value.isEmpty() ? regex(".*") : StringMatcher.newBuilder().setSuffix(value).build();
    }

    public static StringMatcher contains(String value) {
        return StringMatcher.newBuilder().setContains(value).build();
    }

    /** RE2, found anywhere. */
    public static StringMatcher found(String expression) {
        return regex("(?s:.*)(?:" + expression + ")(?s:.*)");
    }

    public static StringMatcher of(StringMatch match) {
        return switch (match.type()) {
            case EXACT -> exact(match.value());
            case PREFIX -> prefix(match.value());
            case REGEX -> regex(match.value());
            case PRESENT -> regex(".*");
        };
    }

    /** As policies write strings: {@code *} is presence, {@code x*} a prefix, {@code *x} a suffix, anything else exact. */
    public static StringMatcher ofPolicy(String pattern) {
        if (pattern.equals("*")) {
            return nonEmpty();
        }
        if (pattern.endsWith("*")) {
            return prefix(pattern.substring(0, pattern.length() - 1));
        }
        return pattern.startsWith("*") ? suffix(pattern.substring(1)) : exact(pattern);
    }

    public static StringMatcher ignoringCase(StringMatcher matcher) {
        return matcher.hasSafeRegex() ? matcher : matcher.toBuilder().setIgnoreCase(true).build();
    }

    /** A literal inside an RE2 expression. */
    public static String quote(String literal) {
        StringBuilder quoted = new StringBuilder(literal.length() + 8);
        for (int i = 0; i < literal.length(); i++) {
            char c = literal.charAt(i);
            if (META.indexOf(c) >= 0 && c != '/') {
                quoted.append('\\');
            }
            quoted.append(c);
        }
        return quoted.toString();
    }
}
