package io.weft.sidecar.resource;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code envoy.filters.network.http_connection_manager}. Durations of zero mean "disabled" wherever Envoy says so.
 *
 * @param routeConfig inline routes, or null when {@code rdsName} names them
 * @param rdsName null when routes are inline
 * @param filters in order, the router last
 * @param xffTrustedHops {@code xff_num_trusted_hops}
 * @param serverName value of {@code server}; only used unless {@code serverHeader} is PASS_THROUGH
 * @param requestTimeout whole request received; zero: off
 * @param requestHeadersTimeout head received; zero: the engine's 10 s
 * @param streamIdleTimeout nothing moves on a stream; default 5 min
 * @param idleTimeout connection without a request; default 1 h (HARDENING: at most 5 min at edges, pilot's choice)
 * @param maxConnectionDuration zero: unlimited
 * @param maxRequestsPerConnection 0: unlimited
 * @param drainTimeout time between the two GOAWAYs, and for HTTP/1 to say {@code Connection: close}
 * @param maxRequestHeadersKb 0: the engine's 60
 * @param maxHeadersCount 0: the engine's 100
 * @param upgradeTypes lower-case, e.g. {@code websocket}, {@code connect}
 * @param tracing null: no spans, trace headers just pass
 */
public record HttpManagerResource(
        String statPrefix,
        Codec codec,
        @Nullable RouteConfigResource routeConfig,
        @Nullable String rdsName,
        List<NamedHttpFilter> filters,
        PathNormalization pathNormalization,
        ForwardClientCert forwardClientCert,
        ForwardClientCertDetails forwardClientCertDetails,
        boolean useRemoteAddress,
        int xffTrustedHops,
        boolean skipXffAppend,
        boolean generateRequestId,
        boolean preserveExternalRequestId,
        ServerHeader serverHeader,
        String serverName,
        UnderscoreHeaders underscoreHeaders,
        Duration requestTimeout,
        Duration requestHeadersTimeout,
        Duration streamIdleTimeout,
        Duration idleTimeout,
        Duration maxConnectionDuration,
        Duration maxStreamDuration,
        int maxRequestsPerConnection,
        Duration drainTimeout,
        int maxRequestHeadersKb,
        int maxHeadersCount,
        Set<String> upgradeTypes,
        boolean acceptHttp10,
        boolean stripMatchingHostPort,
        Http2Options http2,
        List<AccessLogResource> accessLogs,
        @Nullable TracingResource tracing)
        implements NetworkFilterResource {

    public HttpManagerResource {
        filters = List.copyOf(filters);
        upgradeTypes = Set.copyOf(upgradeTypes);
        accessLogs = List.copyOf(accessLogs);
        if ((routeConfig == null) == (rdsName == null)) {
            throw new ResourceException("http_connection_manager " + statPrefix
                    + ": route_specifier (expected: exactly one of route_config and rds)");
        }
    }

    /** Without tracing. */
    public HttpManagerResource(
            String statPrefix,
            Codec codec,
            @Nullable RouteConfigResource routeConfig,
            @Nullable String rdsName,
            List<NamedHttpFilter> filters,
            PathNormalization pathNormalization,
            ForwardClientCert forwardClientCert,
            ForwardClientCertDetails forwardClientCertDetails,
            boolean useRemoteAddress,
            int xffTrustedHops,
            boolean skipXffAppend,
            boolean generateRequestId,
            boolean preserveExternalRequestId,
            ServerHeader serverHeader,
            String serverName,
            UnderscoreHeaders underscoreHeaders,
            Duration requestTimeout,
            Duration requestHeadersTimeout,
            Duration streamIdleTimeout,
            Duration idleTimeout,
            Duration maxConnectionDuration,
            Duration maxStreamDuration,
            int maxRequestsPerConnection,
            Duration drainTimeout,
            int maxRequestHeadersKb,
            int maxHeadersCount,
            Set<String> upgradeTypes,
            boolean acceptHttp10,
            boolean stripMatchingHostPort,
            Http2Options http2,
            List<AccessLogResource> accessLogs) {
        this(
                statPrefix,
                codec,
                routeConfig,
                rdsName,
                filters,
                pathNormalization,
                forwardClientCert,
                forwardClientCertDetails,
                useRemoteAddress,
                xffTrustedHops,
                skipXffAppend,
                generateRequestId,
                preserveExternalRequestId,
                serverHeader,
                serverName,
                underscoreHeaders,
                requestTimeout,
                requestHeadersTimeout,
                streamIdleTimeout,
                idleTimeout,
                maxConnectionDuration,
                maxStreamDuration,
                maxRequestsPerConnection,
                drainTimeout,
                maxRequestHeadersKb,
                maxHeadersCount,
                upgradeTypes,
                acceptHttp10,
                stripMatchingHostPort,
                http2,
                accessLogs,
                null);
    }

    /** A manager with Envoy's defaults, for tests and generated listeners. */
    public static HttpManagerResource of(
            String statPrefix, @Nullable RouteConfigResource routes, @Nullable String rdsName, List<NamedHttpFilter> filters) {
        return new HttpManagerResource(
                statPrefix,
                Codec.AUTO,
                routes,
                rdsName,
                filters,
                PathNormalization.BASE,
                ForwardClientCert.SANITIZE,
                ForwardClientCertDetails.NONE,
                false,
                0,
                false,
                true,
                false,
                ServerHeader.OVERWRITE,
                "weft",
                UnderscoreHeaders.ALLOW,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                Duration.ZERO,
                Duration.ZERO,
                0,
                Duration.ofSeconds(5),
                0,
                0,
                Set.of("websocket"),
                false,
                false,
                Http2Options.DEFAULT,
                List.of());
    }

    /** {@code AUTO}: ALPN under TLS, the connection preface otherwise. */
    public enum Codec {
        AUTO,
        HTTP1,
        HTTP2
    }

    /** {@code forward_client_cert_details}. */
    public enum ForwardClientCert {
        SANITIZE,
        FORWARD_ONLY,
        APPEND_FORWARD,
        SANITIZE_SET,
        ALWAYS_FORWARD_ONLY
    }

    /** {@code set_current_client_cert_details}; Hash and By are always written. */
    public record ForwardClientCertDetails(boolean subject, boolean uri, boolean dns, boolean cert, boolean chain) {
        public static final ForwardClientCertDetails NONE =
                new ForwardClientCertDetails(false, false, false, false, false);
    }

    /** {@code server_header_transformation}. */
    public enum ServerHeader {
        OVERWRITE,
        APPEND_IF_ABSENT,
        PASS_THROUGH
    }

    /** {@code headers_with_underscores_action}. */
    public enum UnderscoreHeaders {
        ALLOW,
        REJECT_REQUEST,
        DROP_HEADER
    }

    /** What becomes of {@code %2F} and {@code %5C} in a path. */
    public enum EscapedSlashes {
        KEEP,
        REJECT,
        UNESCAPE_AND_REDIRECT,
        UNESCAPE_AND_FORWARD
    }

    /** {@code normalize_path}, {@code merge_slashes}, {@code path_with_escaped_slashes_action}. */
    public record PathNormalization(boolean normalize, boolean mergeSlashes, EscapedSlashes escapedSlashes) {
        public static final PathNormalization NONE = new PathNormalization(false, false, EscapedSlashes.KEEP);
        /** Istio's default. */
        public static final PathNormalization BASE = new PathNormalization(true, false, EscapedSlashes.KEEP);
    }

    /** HTTP/2 limits; 0 means the engine's default. */
    public record Http2Options(
            int maxConcurrentStreams,
            int initialStreamWindow,
            int initialConnectionWindow,
            boolean allowConnect,
            Duration keepaliveInterval,
            Duration keepaliveTimeout) {
        public static final Http2Options DEFAULT = new Http2Options(0, 0, 0, false, Duration.ZERO, Duration.ZERO);
    }

    /** An HTTP filter under the name that routes use to override it. */
    public record NamedHttpFilter(String name, HttpFilterResource config, boolean disabled) {}
}
