package io.weft.telemetry.query;

import io.weft.telemetry.store.Texts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** Reads the parameters of a request; what does not read is 400 with what was expected. */
final class Query {

    static final int DEFAULT_LIMIT = 100;
    static final int MAX_LIMIT = 1000;
    private static final int MAX_TEXT = 512;
    private static final int MAX_DIGITS = 9;

    private final MultiValueMap<String, String> parameters;

    Query(MultiValueMap<String, String> parameters) {
        this.parameters = parameters;
    }

    /** The parameter; null when it is missing or empty. */
    @Nullable String text(String name) {
        String value = parameters.getFirst(name);
        if (value == null || value.isEmpty()) {
            return null;
        }
        if (value.length() > MAX_TEXT) {
            throw expected(name, value, "at most " + MAX_TEXT + " characters");
        }
        return value;
    }

    int limit() {
        String value = text("limit");
        if (value == null) {
            return DEFAULT_LIMIT;
        }
        boolean number = value.length() <= MAX_DIGITS && value.chars().allMatch(c -> c >= '0' && c <= '9');
        int limit = number ? Integer.parseInt(value) : 0;
        if (limit < 1 || limit > MAX_LIMIT) {
            throw expected("limit", value, "1 to " + MAX_LIMIT);
        }
        return limit;
    }

    /** The parameter; null when it is missing. */
    @Nullable Boolean flag(String name) {
        String value = text(name);
        if (value == null) {
            return null;
        }
        if (!value.equals("true") && !value.equals("false")) {
            throw expected(name, value, "true or false");
        }
        return value.equals("true");
    }

    /** Such as {@code 250ms}, {@code 60s}, {@code 5m}; a bare number has the given unit. */
    Duration duration(String name, Duration missing, Duration unit) {
        String value = text(name);
        if (value == null) {
            return missing;
        }
        String expected = "a duration such as 250ms, 60s or 5m";
        int digits = 0;
        while (digits < value.length() && value.charAt(digits) >= '0' && value.charAt(digits) <= '9') {
            digits++;
        }
        Duration each =
                switch (value.substring(digits)) {
                    case "" -> unit;
                    case "ms" -> Duration.ofMillis(1);
                    case "s" -> Duration.ofSeconds(1);
                    case "m" -> Duration.ofMinutes(1);
                    default -> throw expected(name, value, expected);
                };
        if (digits == 0 || digits > MAX_DIGITS) {
            throw expected(name, value, expected);
        }
        return each.multipliedBy(Long.parseLong(value.substring(0, digits)));
    }

    static ApiException expected(String name, String value, String expected) {
        return ApiException.badRequest(name + ": " + Texts.shown(value) + " (expected: " + expected + ")");
    }
}
