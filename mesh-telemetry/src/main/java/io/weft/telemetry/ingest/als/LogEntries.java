package io.weft.telemetry.ingest.als;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPRequestProperties;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPResponseProperties;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.TLSProperties;
import io.weft.telemetry.store.LogEntry;
import io.weft.telemetry.store.Texts;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Makes our lines of Envoy's entries. Texts are cut, times that cannot be are replaced by now. */
final class LogEntries {

    private static final int MAX_PATH = 1024;
    private static final int MAX_TEXT = 256;
    private static final int TRACE_PARENT = 55;
    private static final long OLDEST_SECONDS = 24 * 3600;
    private static final long AHEAD_SECONDS = 600;

    private final LongSupplier ids;
    private final Clock clock;

    LogEntries(LongSupplier ids, Clock clock) {
        this.ids = ids;
        this.clock = clock;
    }

    LogEntry of(HTTPAccessLogEntry entry, Reporter reporter) {
        AccessLogCommon common = entry.getCommonProperties();
        HTTPRequestProperties request = entry.getRequest();
        HTTPResponseProperties response = entry.getResponse();
        // Before a filter rewrote it: what the client asked for.
        String path = request.getOriginalPath().isEmpty() ? request.getPath() : request.getOriginalPath();
        return new LogEntry(
                ids.getAsLong(),
                time(common),
                reporter.workload(),
                reporter.namespace(),
                direction(common, reporter),
                method(request.getRequestMethod()),
                Texts.cutOrNull(path, MAX_PATH),
                text(request.getAuthority()),
                protocol(entry.getProtocolVersion()),
                status(response.getResponseCode().getValue()),
                Flags.of(common.getResponseFlags()),
                text(response.getResponseCodeDetails()),
                duration(common),
                atLeastZero(request.getRequestBodyBytes()),
                atLeastZero(response.getResponseBodyBytes()),
                address(common.getUpstreamRemoteAddress()),
                text(common.getUpstreamCluster()),
                text(common.getRouteName()),
                address(common.getDownstreamRemoteAddress()),
                peer(common.getTlsProperties()),
                text(request.getRequestId()),
                traceId(request.getRequestHeadersMap(), common.getCustomTagsMap()),
                text(request.getUserAgent()));
    }

    LogEntry of(TCPAccessLogEntry entry, Reporter reporter) {
        AccessLogCommon common = entry.getCommonProperties();
        return new LogEntry(
                ids.getAsLong(),
                time(common),
                reporter.workload(),
                reporter.namespace(),
                direction(common, reporter),
                null,
                null,
                text(common.getTlsProperties().getTlsSniHostname()),
                "TCP",
                0,
                Flags.of(common.getResponseFlags()),
                text(common.getConnectionTerminationDetails()),
                duration(common),
                atLeastZero(entry.getConnectionProperties().getReceivedBytes()),
                atLeastZero(entry.getConnectionProperties().getSentBytes()),
                address(common.getUpstreamRemoteAddress()),
                text(common.getUpstreamCluster()),
                text(common.getRouteName()),
                address(common.getDownstreamRemoteAddress()),
                peer(common.getTlsProperties()),
                null,
                null,
                null);
    }

    /** An unauthorised request has no cluster: then who shows a certificate comes from outside the pod. */
    private static String direction(AccessLogCommon common, Reporter reporter) {
        if (reporter.gateway()) {
            return "gateway";
        }
        boolean inbound = common.getUpstreamCluster().startsWith("inbound|")
                || common.getUpstreamCluster().isEmpty() && peer(common.getTlsProperties()) != null;
        return inbound ? "inbound" : "outbound";
    }

    private Instant time(AccessLogCommon common) {
        Timestamp start = common.getStartTime();
        Instant now = clock.instant();
        long age = now.getEpochSecond() - start.getSeconds();
        boolean sane = age <= OLDEST_SECONDS && age >= -AHEAD_SECONDS && start.getNanos() >= 0 && start.getNanos() < 1_000_000_000;
        return sane ? Instant.ofEpochSecond(start.getSeconds(), start.getNanos()) : now;
    }

    private static double duration(AccessLogCommon common) {
        Duration duration = common.hasDuration() ? common.getDuration() : common.getTimeToLastDownstreamTxByte();
        double millis = duration.getSeconds() * 1e3 + duration.getNanos() / 1e6;
        return Math.max(0, Math.round(millis * 1e3) / 1e3);
    }

    private static @Nullable String method(RequestMethod method) {
        return method == RequestMethod.METHOD_UNSPECIFIED || method == RequestMethod.UNRECOGNIZED ? null : method.name();
    }

    private static @Nullable String protocol(HTTPAccessLogEntry.HTTPVersion version) {
        return switch (version) {
            case HTTP10 -> "HTTP/1.0";
            case HTTP11 -> "HTTP/1.1";
            case HTTP2 -> "HTTP/2";
            case HTTP3 -> "HTTP/3";
            default -> null;
        };
    }

    private static int status(int code) {
        return code >= 100 && code <= 999 ? code : 0;
    }

    private static long atLeastZero(long bytes) {
        return Math.max(0, bytes);
    }

    private static @Nullable String text(String text) {
        return Texts.cutOrNull(text, MAX_TEXT);
    }

    private static @Nullable String address(Address address) {
        if (address.hasSocketAddress()) {
            SocketAddress socket = address.getSocketAddress();
            String host = Texts.cut(socket.getAddress(), MAX_TEXT);
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + socket.getPortValue();
        }
        return address.hasPipe() ? text(address.getPipe().getPath()) : null;
    }

    private static @Nullable String peer(TLSProperties tls) {
        for (TLSProperties.CertificateProperties.SubjectAltName name :
                tls.getPeerCertificateProperties().getSubjectAltNameList()) {
            if (!name.getUri().isEmpty()) {
                return text(name.getUri());
            }
        }
        return null;
    }

    /** Of {@code traceparent}, if the proxy logs it ({@code 00-<trace id>-<span id>-<flags>}), or of a tag. */
    private static @Nullable String traceId(Map<String, String> headers, Map<String, String> tags) {
        String parent = headers.getOrDefault("traceparent", "");
        String id = parent.length() >= TRACE_PARENT && parent.charAt(2) == '-' ? parent.substring(3, 35) : tags.getOrDefault("trace_id", "");
        boolean hex = id.length() == 32 && id.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
        return hex ? id : null;
    }
}
