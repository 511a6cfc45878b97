package io.weft.pilot.model.parse;

import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Durations as users of the reference mesh write them: {@code 3s}, {@code 1.5s}, {@code 100ms}, {@code 1h30m}. */
final class Durations {

    /** Protobuf's own limit, 10 000 years. */
    private static final BigDecimal MAX_NANOS = BigDecimal.valueOf(315_576_000_000L).scaleByPowerOfTen(9);

    private Durations() {}

    /** The duration, or null if the text is none. */
    static @Nullable Duration parse(String text) {
        if (text.isEmpty() || text.length() > 40) {
            return null;
        }
        boolean negative = text.charAt(0) == '-';
        BigDecimal nanos = BigDecimal.ZERO;
        int at = negative ? 1 : 0;
        if (at == text.length()) {
            return null;
        }
        while (at < text.length()) {
            int unit = at;
            while (unit < text.length() && isNumberPart(text.charAt(unit))) {
                unit++;
            }
            int end = unit;
            while (end < text.length() && !isNumberPart(text.charAt(end))) {
                end++;
            }
            BigDecimal factor = factor(text.substring(unit, end));
            BigDecimal number = number(text.substring(at, unit));
            if (factor == null || number == null) {
                return null;
            }
            nanos = nanos.add(number.multiply(factor));
            at = end;
        }
        if (nanos.compareTo(MAX_NANOS) > 0) {
            return null;
        }
        BigDecimal[] parts = nanos.divideAndRemainder(BigDecimal.valueOf(1_000_000_000));
        Duration duration = Duration.ofSeconds(parts[0].longValue(), parts[1].longValue());
        return negative ? duration.negated() : duration;
    }

    private static boolean isNumberPart(char c) {
        return c >= '0' && c <= '9' || c == '.';
    }

    private static @Nullable BigDecimal number(String digits) {
        boolean shaped = !digits.isEmpty()
                && !digits.equals(".")
                && digits.indexOf('.') == digits.lastIndexOf('.');
        return shaped ? new BigDecimal(digits) : null;
    }

    private static @Nullable BigDecimal factor(String unit) {
        return switch (unit) {
            case "ns" -> BigDecimal.ONE;
            case "us", "µs" -> BigDecimal.valueOf(1_000);
            case "ms" -> BigDecimal.valueOf(1_000_000);
            case "s" -> BigDecimal.valueOf(1_000_000_000L);
            case "m" -> BigDecimal.valueOf(60_000_000_000L);
            case "h" -> BigDecimal.valueOf(3_600_000_000_000L);
            default -> null;
        };
    }
}
