package io.weft.telemetry.ingest.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.weft.telemetry.ingest.PeerIdentity;
import io.weft.telemetry.ingest.SpanDraft;
import io.weft.telemetry.ingest.SpanIntake;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Takes an export of spans, and answers how many were refused, and why the first one was. */
@Component
final class OtlpSpans {

    private static final int MAX_DEPTH = 4;
    private static final int MAX_TEXT = 2048;

    private final SpanIntake intake;

    OtlpSpans(SpanIntake intake) {
        this.intake = intake;
    }

    /** @param sender who sent it, by certificate; null where nobody is asked */
    ExportTraceServiceResponse take(ExportTraceServiceRequest request, @Nullable PeerIdentity sender) {
        long refused = 0;
        String first = "";
        for (ResourceSpans resource : request.getResourceSpansList()) {
            String service = service(resource.getResource());
            for (ScopeSpans scope : resource.getScopeSpansList()) {
                for (Span span : scope.getSpansList()) {
                    String problem = intake.take(draft(span, service), sender);
                    if (problem != null && refused++ == 0) {
                        first = problem;
                    }
                }
            }
        }
        if (refused == 0) {
            return ExportTraceServiceResponse.getDefaultInstance();
        }
        return ExportTraceServiceResponse.newBuilder()
                .setPartialSuccess(ExportTracePartialSuccess.newBuilder().setRejectedSpans(refused).setErrorMessage(first))
                .build();
    }

    private static String service(Resource resource) {
        for (KeyValue attribute : resource.getAttributesList()) {
            if (attribute.getKey().equals("service.name")) {
                return attribute.getValue().getStringValue();
            }
        }
        return "";
    }

    private static SpanDraft draft(Span span, String service) {
        SpanDraft draft = new SpanDraft(
                        hex(span.getTraceId()),
                        hex(span.getSpanId()),
                        hex(span.getParentSpanId()),
                        span.getStartTimeUnixNano(),
                        span.getEndTimeUnixNano() - span.getStartTimeUnixNano())
                .service(service)
                .name(span.getName())
                .kind(kind(span.getKind()));
        boolean saidSo = false;
        for (KeyValue attribute : span.getAttributesList()) {
            String value = text(attribute.getValue(), 0);
            draft.attribute(attribute.getKey(), value);
            // Envoy's way to say it, with no status.
            saidSo |= attribute.getKey().equals("error") && value.equals("true");
        }
        if (saidSo || span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR) {
            draft.failed(span.getStatus().getMessage());
        }
        return draft;
    }

    /** What is too long for an id stays too long, and short. */
    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.substring(0, Math.min(17, id.size())).toByteArray());
    }

    private static String kind(Span.SpanKind kind) {
        return switch (kind) {
            case SPAN_KIND_SERVER -> "SERVER";
            case SPAN_KIND_CLIENT -> "CLIENT";
            case SPAN_KIND_PRODUCER -> "PRODUCER";
            case SPAN_KIND_CONSUMER -> "CONSUMER";
            default -> "INTERNAL";
        };
    }

    /** For people: lists and maps are written out, as far as that stays short. */
    private static String text(AnyValue value, int depth) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            case INT_VALUE -> Long.toString(value.getIntValue());
            case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
            case BYTES_VALUE -> value.getBytesValue().size() + " bytes";
            case ARRAY_VALUE -> depth >= MAX_DEPTH ? "[…]" : list(value.getArrayValue().getValuesList(), depth);
            case KVLIST_VALUE -> depth >= MAX_DEPTH ? "{…}" : map(value.getKvlistValue().getValuesList(), depth);
            case VALUE_NOT_SET -> "";
        };
    }

    private static String list(List<AnyValue> values, int depth) {
        StringBuilder text = new StringBuilder("[");
        for (AnyValue value : values) {
            if (text.length() > MAX_TEXT) {
                break;
            }
            text.append(text.length() == 1 ? "" : ", ").append(text(value, depth + 1));
        }
        return text.append(']').toString();
    }

    private static String map(List<KeyValue> entries, int depth) {
        StringBuilder text = new StringBuilder("{");
        for (KeyValue entry : entries) {
            if (text.length() > MAX_TEXT) {
                break;
            }
            text.append(text.length() == 1 ? "" : ", ")
                    .append(entry.getKey())
                    .append('=')
                    .append(text(entry.getValue(), depth + 1));
        }
        return text.append('}').toString();
    }
}
