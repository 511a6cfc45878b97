package io.weft.sidecar.observe.span;

import io.weft.sidecar.http.RequestLog;
import io.weft.sidecar.observe.trace.Span;
import io.weft.sidecar.observe.wire.ProtoWriter;
import java.util.List;

/** OpenTelemetry's {@code ExportTraceServiceRequest}; the numbers are the field numbers of opentelemetry-proto's trace.proto. */
final class OtlpSpans {
    private static final int SERVER = 2;
    private static final int CLIENT = 3;
    private static final int ERROR = 2;

    private OtlpSpans() {}

    /** One {@code Span}. */
    static byte[] span(ProtoWriter out, SpanFacts facts, Span span, RequestLog log) {
        out.clear();
        out.id(1, span.traceHigh(), span.traceLow());
        out.id(2, span.id());
        out.text(3, span.state());
        if (span.parentId() != 0) {
            out.id(4, span.parentId());
        }
        out.text(5, SpanFacts.name(log, facts.client()));
        out.number(6, facts.client() ? CLIENT : SERVER);
        long start = span.startMicros() * 1000;
        out.fixed64(7, start);
        out.fixed64(8, start + log.durationNanos());
        facts.write(log, (key, value) -> attribute(out, 9, key, value));
        if (SpanFacts.error(log)) {
            int status = out.begin(15);
            out.text(2, log.details());
            out.number(3, ERROR);
            out.end(status);
        }
        // bit 0: sampled
        out.fixed32(16, 1);
        return out.toBytes();
    }

    private static void attribute(ProtoWriter out, int field, String key, CharSequence value) {
        int pair = out.begin(field);
        out.text(1, key);
        int any = out.begin(2);
        out.saidText(1, value);
        out.end(any);
        out.end(pair);
    }

    static byte[] request(String service, String nodeId, List<byte[]> spans) {
        ProtoWriter out = new ProtoWriter();
        int resourceSpans = out.begin(1);
        int resource = out.begin(1);
        attribute(out, 1, "service.name", service);
        attribute(out, 1, "service.instance.id", nodeId);
        out.end(resource);
        int scopeSpans = out.begin(2);
        int scope = out.begin(1);
        out.text(1, "weft");
        out.end(scope);
        spans.forEach(span -> out.bytes(2, span));
        out.end(scopeSpans);
        out.end(resourceSpans);
        return out.toBytes();
    }
}
