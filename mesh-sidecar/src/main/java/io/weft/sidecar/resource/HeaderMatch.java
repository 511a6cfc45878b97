package io.weft.sidecar.resource;

import org.jspecify.annotations.Nullable;

/**
 * Envoy's {@code HeaderMatcher}: exactly one of {@code string}, {@code range}, {@code present} decides.
 *
 * @param name lower-case header or pseudo-header name
 * @param string null unless the value is matched as a string
 * @param range null unless the value is matched as a base-10 integer
 * @param present null unless presence (true) or absence (false) is matched
 * @param treatMissingAsEmpty a missing header is matched as the empty string
 */
public record HeaderMatch(
        String name,
        @Nullable StringMatch string,
        @Nullable Range range,
        @Nullable Boolean present,
        boolean invert,
        boolean treatMissingAsEmpty) {
    /** Half-open: start ≤ value &lt; end. */
    public record Range(long start, long end) {}

    public static HeaderMatch string(String name, StringMatch match) {
        return new HeaderMatch(name, match, null, null, false, false);
    }

    public static HeaderMatch present(String name) {
        return new HeaderMatch(name, null, null, true, false, false);
    }
}
