package io.weft.telemetry.store;

import org.jspecify.annotations.Nullable;

/** Bounds texts that others wrote. */
public final class Texts {

    private static final int MAX_SHOWN = 120;
    /** Object and array headers, and the reference. */
    private static final int STRING_OVERHEAD = 60;

    private Texts() {}

    /** At most that many characters of it, never half of a pair. */
    public static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
        return text.substring(0, end);
    }

    /** As {@link #cut}; null for an empty one. */
    public static @Nullable String cutOrNull(String text, int max) {
        return text.isEmpty() ? null : cut(text, max);
    }

    /** A value fit for a message: quoted, one line, not long. */
    public static String shown(String text) {
        StringBuilder shown = new StringBuilder("\"");
        for (int i = 0; i < text.length() && i < MAX_SHOWN; i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) ? '?' : c);
        }
        return shown.append(text.length() > MAX_SHOWN ? "…\"" : "\"").toString();
    }

    /** Bytes it takes at most. */
    static int weight(@Nullable String text) {
        return text == null ? 0 : STRING_OVERHEAD + 2 * text.length();
    }
}
