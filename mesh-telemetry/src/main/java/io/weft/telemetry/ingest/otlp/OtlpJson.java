package io.weft.telemetry.ingest.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.weft.telemetry.ingest.UploadJson;
import io.weft.telemetry.store.Texts;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * OTLP's JSON, which is protobuf's but for ids (hexadecimal, not base64) and enums (numbers): protobuf's own reader takes it for something else.
 * Unknown fields are passed over, as the specification wants it.
 */
final class OtlpJson {

    private static final JsonMapper JSON = UploadJson.MAPPER;
    private static final int MAX_DEPTH = 8;

    private OtlpJson() {}

    /** @throws IllegalArgumentException with what was wrong and what was expected */
    static ExportTraceServiceRequest read(byte[] body) {
        JsonNode root;
        try {
            root = JSON.readTree(body);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no JSON: " + Texts.shown(String.valueOf(e.getOriginalMessage())));
        }
        if (!root.isObject()) {
            throw new IllegalArgumentException("the body is no object (expected: {\"resourceSpans\": [...]})");
        }
        ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
        for (JsonNode resource : array(root, "resourceSpans")) {
            ResourceSpans.Builder spans = ResourceSpans.newBuilder();
            Resource.Builder described = Resource.newBuilder();
            attributes(resource.path("resource"), described::addAttributes);
            spans.setResource(described);
            for (JsonNode scope : array(resource, "scopeSpans")) {
                ScopeSpans.Builder scoped = ScopeSpans.newBuilder();
                for (JsonNode span : array(scope, "spans")) {
                    scoped.addSpans(span(span));
                }
                spans.addScopeSpans(scoped);
            }
            request.addResourceSpans(spans);
        }
        return request.build();
    }

    static byte[] write(ExportTraceServiceResponse response) {
        Map<String, Object> answer = new LinkedHashMap<>();
        if (response.hasPartialSuccess()) {
            Map<String, Object> partial = new LinkedHashMap<>();
            // Protobuf's JSON writes 64 bits as a string.
            partial.put("rejectedSpans", Long.toString(response.getPartialSuccess().getRejectedSpans()));
            partial.put("errorMessage", response.getPartialSuccess().getErrorMessage());
            answer.put("partialSuccess", partial);
        }
        return JSON.writeValueAsBytes(answer);
    }

    private static Span span(JsonNode node) {
        Span.Builder span = Span.newBuilder()
                .setTraceId(id(node, "traceId"))
                .setSpanId(id(node, "spanId"))
                .setParentSpanId(id(node, "parentSpanId"))
                .setName(string(node, "name"))
                .setKindValue((int) number(node, "kind"))
                .setStartTimeUnixNano(number(node, "startTimeUnixNano"))
                .setEndTimeUnixNano(number(node, "endTimeUnixNano"));
        attributes(node, span::addAttributes);
        JsonNode status = node.path("status");
        if (status.isObject()) {
            span.setStatus(Status.newBuilder()
                    .setCodeValue((int) number(status, "code"))
                    .setMessage(string(status, "message")));
        }
        return span.build();
    }

    private interface Sink {
        Object add(KeyValue attribute);
    }

    private static void attributes(JsonNode node, Sink sink) {
        for (JsonNode attribute : array(node, "attributes")) {
            sink.add(keyValue(attribute, 0));
        }
    }

    private static KeyValue keyValue(JsonNode node, int depth) {
        return KeyValue.newBuilder()
                .setKey(string(node, "key"))
                .setValue(value(node.path("value"), depth))
                .build();
    }

    private static AnyValue value(JsonNode node, int depth) {
        AnyValue.Builder value = AnyValue.newBuilder();
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("an attribute's value is nested deeper than " + MAX_DEPTH);
        }
        if (node.has("stringValue")) {
            value.setStringValue(string(node, "stringValue"));
        } else if (node.has("boolValue")) {
            value.setBoolValue(node.path("boolValue").asBoolean(false));
        } else if (node.has("intValue")) {
            value.setIntValue(number(node, "intValue"));
        } else if (node.has("doubleValue")) {
            value.setDoubleValue(node.path("doubleValue").asDouble(0));
        } else if (node.has("arrayValue")) {
            ArrayValue.Builder list = ArrayValue.newBuilder();
            for (JsonNode each : array(node.path("arrayValue"), "values")) {
                list.addValues(value(each, depth + 1));
            }
            value.setArrayValue(list);
        } else if (node.has("kvlistValue")) {
            KeyValueList.Builder map = KeyValueList.newBuilder();
            for (JsonNode each : array(node.path("kvlistValue"), "values")) {
                map.addValues(keyValue(each, depth + 1));
            }
            value.setKvlistValue(map);
        }
        return value.build();
    }

    private static JsonNode array(JsonNode node, String field) {
        JsonNode array = node.path(field);
        if (array.isMissingNode() || array.isNull()) {
            return JSON.createArrayNode();
        }
        if (!array.isArray()) {
            throw new IllegalArgumentException(field + " (expected: an array)");
        }
        return array;
    }

    private static String string(JsonNode node, String field) {
        JsonNode text = node.path(field);
        if (text.isMissingNode() || text.isNull()) {
            return "";
        }
        if (!text.isString()) {
            throw new IllegalArgumentException(field + " (expected: a string)");
        }
        return text.asString();
    }

    private static long number(JsonNode node, String field) {
        JsonNode number = node.path(field);
        if (number.isMissingNode() || number.isNull()) {
            return 0;
        }
        if (number.isIntegralNumber() && number.canConvertToLong()) {
            return number.asLong();
        }
        if (number.isString()) {
            try {
                return Long.parseLong(number.asString());
            } catch (NumberFormatException notANumber) {
                throw new IllegalArgumentException(
                        field + ": " + Texts.shown(number.asString()) + " (expected: a whole number)", notANumber);
            }
        }
        throw new IllegalArgumentException(field + " (expected: a whole number, perhaps in quotes)");
    }

    private static ByteString id(JsonNode node, String field) {
        String text = string(node, field);
        try {
            return ByteString.copyFrom(HexFormat.of().parseHex(text));
        } catch (IllegalArgumentException notHexadecimal) {
            throw new IllegalArgumentException(field + ": " + Texts.shown(text) + " (expected: hexadecimal digits)", notHexadecimal);
        }
    }
}
