package io.weft.pilot.model;

/**
 * What is wrong with one field.
 *
 * @param field path from the top of the object, such as {@code spec.http[0].retries.attempts}; empty for the whole
 * @param message the value and what was expected: {@code -1 (expected: >= 0)}
 */
public record Problem(String field, String message) {

    private static final int MAX_SHOWN = 120;

    public static Problem expected(String field, Object value, String expectation) {
        return new Problem(field, shown(value) + " (expected: " + expectation + ")");
    }

    public static Problem missing(String field, String expectation) {
        return new Problem(field, "missing (expected: " + expectation + ")");
    }

    /** A value fit for a message: one line, not long. */
    public static String shown(Object value) {
        String text = value instanceof String string ? '"' + string + '"' : String.valueOf(value);
        StringBuilder shown = new StringBuilder(Math.min(text.length(), MAX_SHOWN) + 1);
        for (int i = 0; i < text.length() && i < MAX_SHOWN; i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) ? '?' : c);
        }
        if (text.length() > MAX_SHOWN) {
            shown.append('…');
        }
        return shown.toString();
    }

    @Override
    public String toString() {
        return field.isEmpty() ? message : field + ": " + message;
    }
}
