package io.weft.telemetry.store;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One span. Who took it in has checked ids and times and cut the texts.
 *
 * @param traceId 32 hexadecimal digits, lower case
 * @param spanId 16 of them
 * @param parentId the same; null for a root
 * @param shared a server's half of a span whose client's half has the same id (B3)
 * @param kind OpenTelemetry's name: {@code SERVER}, {@code CLIENT}, {@code INTERNAL}, {@code PRODUCER}, {@code CONSUMER}
 * @param startNanos since 1970
 * @param status what went wrong, if somebody said so
 */
public record Span(
        String traceId,
        String spanId,
        @Nullable String parentId,
        boolean shared,
        String service,
        String name,
        String kind,
        long startNanos,
        long durationNanos,
        boolean error,
        @Nullable String status,
        Map<String, String> attributes) {

    private static final int FIXED = 400;
    private static final int ENTRY = 60;

    public Span {
        attributes = Map.copyOf(attributes);
    }

    /** Since 1970. */
    public long endNanos() {
        return startNanos + durationNanos;
    }

    /** Bytes it takes at most. */
    int weight() {
        int weight = FIXED + Texts.weight(service) + Texts.weight(name) + Texts.weight(status);
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            weight += ENTRY + Texts.weight(attribute.getKey()) + Texts.weight(attribute.getValue());
        }
        return weight;
    }
}
