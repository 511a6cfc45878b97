package io.weft.telemetry.ingest.scrape;

/** Decimal numbers as Prometheus' text has them. Java's own reading knows hexadecimal and suffixes too, which these may not have. */
final class Decimal {

    private static final int MAX_LENGTH = 32;

    private Decimal() {}

    /** The number; NaN if that is none. */
    static double parse(String word) {
        boolean plain = !word.isEmpty()
                && word.length() <= MAX_LENGTH
                && word.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-');
        if (!plain) {
            return Double.NaN;
        }
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException notANumber) {
            return Double.NaN;
        }
    }
}
