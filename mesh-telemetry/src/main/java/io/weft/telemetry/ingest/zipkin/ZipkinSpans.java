package io.weft.telemetry.ingest.zipkin;

import io.weft.telemetry.ingest.SpanDraft;
import io.weft.telemetry.ingest.UploadJson;
import io.weft.telemetry.store.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads Zipkin's JSON, version 2. */
final class ZipkinSpans {

    private static final JsonMapper JSON = UploadJson.MAPPER;
    private static final Set<String> KINDS = Set.of("CLIENT", "SERVER", "PRODUCER", "CONSUMER");
    private static final String HIGH_ZEROS = "0".repeat(16);
    private static final int SHORT_TRACE_ID = 16;

    private ZipkinSpans() {}

    /** @throws IllegalArgumentException with what was wrong and what was expected */
    static List<SpanDraft> read(byte[] body) {
        JsonNode list;
        try {
            list = JSON.readTree(body);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no JSON: " + Texts.shown(String.valueOf(e.getOriginalMessage())));
        }
        if (!list.isArray()) {
            throw new IllegalArgumentException("the body is no array (expected: [{\"traceId\": ...}, ...])");
        }
        List<SpanDraft> drafts = new ArrayList<>(list.size());
        for (JsonNode span : list) {
            drafts.add(draft(span, "[" + drafts.size() + "]"));
        }
        return drafts;
    }

    private static SpanDraft draft(JsonNode span, String where) {
        String traceId = string(span, "traceId", where);
        SpanDraft draft = new SpanDraft(
                        traceId.length() == SHORT_TRACE_ID ? HIGH_ZEROS + traceId : traceId,
                        string(span, "id", where),
                        string(span, "parentId", where),
                        micros(span, "timestamp", where),
                        micros(span, "duration", where))
                .service(string(span.path("localEndpoint"), "serviceName", where))
                .name(string(span, "name", where))
                .shared(span.path("shared").asBoolean(false));
        String kind = string(span, "kind", where);
        if (KINDS.contains(kind)) {
            draft.kind(kind);
        } else if (!kind.isEmpty()) {
            throw new IllegalArgumentException(where + ".kind: " + Texts.shown(kind) + " (expected: one of " + KINDS + ")");
        }
        JsonNode tags = span.path("tags");
        tags.propertyStream().forEach(tag -> draft.attribute(tag.getKey(), tag.getValue().asString("")));
        JsonNode error = tags.path("error");
        if (!error.isMissingNode()) {
            draft.failed(error.asString(""));
        }
        return draft;
    }

    private static String string(JsonNode node, String field, String where) {
        JsonNode text = node.path(field);
        if (text.isMissingNode() || text.isNull()) {
            return "";
        }
        if (!text.isString()) {
            throw new IllegalArgumentException(where + "." + field + " (expected: a string)");
        }
        return text.asString();
    }

    /** In nanoseconds; a span without duration has none yet. */
    private static long micros(JsonNode node, String field, String where) {
        JsonNode number = node.path(field);
        if (number.isMissingNode() || number.isNull()) {
            return 0;
        }
        boolean whole = number.isIntegralNumber() && number.canConvertToLong();
        if (!whole || number.asLong() < 0 || number.asLong() > Long.MAX_VALUE / 1000) {
            throw new IllegalArgumentException(where + "." + field + " (expected: microseconds, a whole number >= 0)");
        }
        return number.asLong() * 1000;
    }
}
