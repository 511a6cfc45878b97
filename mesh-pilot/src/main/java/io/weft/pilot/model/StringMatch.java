package io.weft.pilot.model;

/**
 * How a string is matched.
 *
 * @param value the literal or the RE2 pattern (full match, at most 1024 characters); empty for {@link Type#PRESENT}
 */
public record StringMatch(Type type, String value) {

    public enum Type {
        EXACT,
        PREFIX,
        REGEX,
        /** An empty match ({@code {}}): any value, but there must be one. */
        PRESENT
    }

    public static StringMatch exact(String value) {
        return new StringMatch(Type.EXACT, value);
    }

    public static StringMatch prefix(String value) {
        return new StringMatch(Type.PREFIX, value);
    }

    public static StringMatch regex(String value) {
        return new StringMatch(Type.REGEX, value);
    }

    public static StringMatch present() {
        return new StringMatch(Type.PRESENT, "");
    }
}
