package io.weft.sidecar.resource;

/** Envoy's {@code StringMatcher}. A regex is RE2, matches the whole value, and has at most 1024 characters. */
public record StringMatch(Kind kind, String value, boolean ignoreCase) {
    /** How {@link #value} is compared. {@code ignoreCase} does not act on {@code REGEX}. */
    public enum Kind {
        EXACT,
        PREFIX,
        SUFFIX,
        CONTAINS,
        REGEX
    }

    public static StringMatch exact(String value) {
        return new StringMatch(Kind.EXACT, value, false);
    }

    public static StringMatch prefix(String value) {
        return new StringMatch(Kind.PREFIX, value, false);
    }

    public static StringMatch regex(String value) {
        return new StringMatch(Kind.REGEX, value, false);
    }
}
