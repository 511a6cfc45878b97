package io.weft.sidecar.observe.span;

import io.netty.util.NetUtil;
import io.weft.sidecar.http.RequestLog;
import io.weft.sidecar.observe.trace.Span;
import io.weft.sidecar.observe.wire.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Spans in Zipkin's JSON, version 2. */
final class ZipkinSpans {
    private ZipkinSpans() {}

    static byte[] span(StringBuilder out, SpanFacts facts, Span span, RequestLog log) {
        out.setLength(0);
        hex(out.append("{\"traceId\":\""), span.traceHigh());
        hex(out, span.traceLow());
        hex(out.append("\",\"id\":\""), span.id());
        if (span.parentId() != 0) {
            hex(out.append("\",\"parentId\":\""), span.parentId());
        }
        out.append("\",\"kind\":\"").append(facts.client() ? "CLIENT" : "SERVER").append("\",\"name\":");
        JsonWriter.quote(out, SpanFacts.name(log, facts.client()));
        out.append(",\"timestamp\":").append(span.startMicros());
        out.append(",\"duration\":").append(Math.max(1, log.durationNanos() / 1000));
        JsonWriter.quote(out.append(",\"localEndpoint\":{\"serviceName\":"), facts.service());
        address(out, log.connection().local());
        out.append('}');
        remote(out, facts.client() ? log.host() == null ? null : log.host().address() : log.connection().remote());
        out.append(",\"tags\":{");
        int[] count = {0};
        facts.write(log, (key, value) -> {
            JsonWriter.quote(out.append(count[0]++ == 0 ? "" : ","), key).append(':');
            JsonWriter.quote(out, value);
        });
        return out.append("}}").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void remote(StringBuilder out, @Nullable SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            int at = out.length();
            address(out.append(",\"remoteEndpoint\":{"), address);
            // the first comma of an address belongs behind a name
            out.deleteCharAt(out.indexOf("{", at) + 1).append('}');
        }
    }

    private static void address(StringBuilder out, SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            out.append(inet.getAddress() instanceof Inet6Address ? ",\"ipv6\":\"" : ",\"ipv4\":\"")
                    .append(NetUtil.toAddressString(inet.getAddress()))
                    .append("\",\"port\":")
                    .append(inet.getPort());
        }
    }

    private static void hex(StringBuilder out, long value) {
        for (int shift = 60; shift >= 0; shift -= 4) {
            out.append(Character.forDigit((int) (value >>> shift) & 15, 16));
        }
    }

    static byte[] request(List<byte[]> spans) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write('[');
        for (int i = 0; i < spans.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.writeBytes(spans.get(i));
        }
        out.write(']');
        return out.toByteArray();
    }
}
