package io.weft.telemetry.ingest;

import io.weft.telemetry.store.Texts;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A span as somebody sent it: texts are cut here, ids and times are looked at by {@link SpanIntake}.
 */
public final class SpanDraft {

    private static final int MAX_ATTRIBUTES = 64;
    private static final int MAX_KEY = 128;
    private static final int MAX_VALUE = 1024;
    private static final int MAX_NAME = 256;
    private static final String DROPPED = "otel.dropped_attributes_count";

    final String traceId;
    final String spanId;
    final @Nullable String parentId;
    final long startNanos;
    final long durationNanos;
    String service = "unknown";
    String name = "";
    String kind = "INTERNAL";
    boolean shared;
    boolean error;
    @Nullable String status;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private int droppedAttributes;

    /**
     * @param parentId empty for a root
     * @param startNanos since 1970
     * @param durationNanos negative when it ended before it began
     */
    public SpanDraft(String traceId, String spanId, String parentId, long startNanos, long durationNanos) {
        this.traceId = traceId;
        this.spanId = spanId;
        this.parentId = parentId.isEmpty() ? null : parentId;
        this.startNanos = startNanos;
        this.durationNanos = durationNanos;
    }

    /** Empty: unknown. */
    public SpanDraft service(String text) {
        service = text.isEmpty() ? "unknown" : Texts.cut(text, MAX_NAME);
        return this;
    }

    public SpanDraft name(String text) {
        name = Texts.cut(text, MAX_NAME);
        return this;
    }

    /** One of OpenTelemetry's names. */
    public SpanDraft kind(String text) {
        kind = text;
        return this;
    }

    /** A server's half of a span that the client has under the same id. */
    public SpanDraft shared(boolean isShared) {
        shared = isShared;
        return this;
    }

    /** @param text what went wrong; empty if nobody said */
    public SpanDraft failed(String text) {
        error = true;
        status = Texts.cutOrNull(text, MAX_VALUE);
        return this;
    }

    public SpanDraft attribute(String key, String value) {
        if (key.isEmpty() || key.length() > MAX_KEY || attributes.size() >= MAX_ATTRIBUTES && !attributes.containsKey(key)) {
            droppedAttributes++;
        } else {
            attributes.put(key, Texts.cut(value, MAX_VALUE));
        }
        return this;
    }

    Map<String, String> attributes() {
        if (droppedAttributes > 0) {
            attributes.put(DROPPED, Integer.toString(droppedAttributes));
        }
        return attributes;
    }
}
