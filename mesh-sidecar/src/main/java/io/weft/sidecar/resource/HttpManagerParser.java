package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.KeepaliveSettings;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code HttpConnectionManager} → {@link HttpManagerResource}. */
final class HttpManagerParser {
    private static final String UUID_REQUEST_ID = "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig";
    private static final int MAX_HEADERS_KB = 8192;

    private static final Fields MANAGER = Fields.of(
                    HttpConnectionManager.getDescriptor(),
                    "codec_type",
                    "stat_prefix",
                    "rds",
                    "route_config",
                    "http_filters",
                    "common_http_protocol_options",
                    "http_protocol_options",
                    "http2_protocol_options",
                    "server_name",
                    "server_header_transformation",
                    "max_request_headers_kb",
                    "stream_idle_timeout",
                    "request_timeout",
                    "request_headers_timeout",
                    "drain_timeout",
                    "access_log",
                    "use_remote_address",
                    "xff_num_trusted_hops",
                    "skip_xff_append",
                    "generate_request_id",
                    "preserve_external_request_id",
                    "forward_client_cert_details",
                    "set_current_client_cert_details",
                    "upgrade_configs",
                    "normalize_path",
                    "merge_slashes",
                    "path_with_escaped_slashes_action",
                    "request_id_extension",
                    "strip_matching_host_port",
                    "tracing")
            .ignore("the engine lingers on a refused connection by itself", "delayed_close_timeout")
            .ignore("nothing here depends on whether an address is private: trust is configured, never inferred", "internal_address_config")
            .ignore("a malformed message always ends its connection or, over HTTP/2, its stream", "stream_error_on_invalid_http_message");
    private static final Fields RDS = Fields.of(Rds.getDescriptor(), "config_source", "route_config_name");
    private static final Fields SOURCE = Fields.of(ConfigSource.getDescriptor(), "ads", "resource_api_version")
            .ignore("one time-out holds for all of a stream", "initial_fetch_timeout");
    private static final Fields COMMON = Fields.of(
                    HttpProtocolOptions.getDescriptor(),
                    "idle_timeout",
                    "max_connection_duration",
                    "max_headers_count",
                    "max_stream_duration",
                    "headers_with_underscores_action",
                    "max_requests_per_connection")
            .ignore("is about responses of upstreams", "max_response_headers_kb");
    private static final Fields HTTP1 = Fields.of(Http1ProtocolOptions.getDescriptor(), "allow_absolute_url", "accept_http_10")
            .ignore("there is one parser", "use_balsa_parser")
            .ignore("trailers are always passed on", "enable_trailers")
            .ignore("a malformed message always ends its connection", "override_stream_error_on_invalid_http_message");
    private static final Fields HTTP2 = Fields.of(
                    Http2ProtocolOptions.getDescriptor(),
                    "max_concurrent_streams",
                    "initial_stream_window_size",
                    "initial_connection_window_size",
                    "allow_connect",
                    "connection_keepalive")
            .ignore("the engine's own flood limits hold", "hpack_table_size", "max_outbound_frames", "max_outbound_control_frames",
                    "max_consecutive_inbound_frames_with_empty_payload", "max_inbound_priority_frames_per_stream",
                    "max_inbound_window_update_frames_per_data_frame_sent", "use_oghttp2_codec",
                    "override_stream_error_on_invalid_http_message", "stream_error_on_invalid_http_messaging");
    private static final Fields KEEPALIVE = Fields.of(KeepaliveSettings.getDescriptor(), "interval", "timeout")
            .ignore("pings need no spreading", "interval_jitter");
    private static final Fields CERT_DETAILS = Fields.of(
            HttpConnectionManager.SetCurrentClientCertDetails.getDescriptor(), "subject", "cert", "chain", "dns", "uri");
    private static final Fields UPGRADE =
            Fields.of(HttpConnectionManager.UpgradeConfig.getDescriptor(), "upgrade_type", "enabled");

    private final RouteConfigParser routes;
    private final AccessLogParser logs;

    HttpManagerParser(DataSources sources) {
        this.routes = new RouteConfigParser(sources);
        this.logs = new AccessLogParser(sources);
    }

    HttpManagerResource parse(Where where, HttpConnectionManager m) {
        MANAGER.check(where, m);
        HttpProtocolOptions common = m.getCommonHttpProtocolOptions();
        Where commonAt = where.field("common_http_protocol_options");
        COMMON.check(commonAt, common);
        if (m.hasRequestIdExtension() && !Values.typeName(m.getRequestIdExtension().getTypedConfig()).equals(UUID_REQUEST_ID)) {
            throw where.refuse("request_id_extension", m.getRequestIdExtension().getTypedConfig().getTypeUrl(), UUID_REQUEST_ID);
        }
        return new HttpManagerResource(
                m.getStatPrefix(),
                codec(where, m),
                m.hasRouteConfig() ? routes.parse(where.field("route_config"), m.getRouteConfig()) : null,
                m.hasRds() ? rds(where.field("rds"), m.getRds()) : null,
                HttpFilterParser.chain(where, m.getHttpFiltersList()),
                new HttpManagerResource.PathNormalization(
                        m.getNormalizePath().getValue(), m.getMergeSlashes(), escapedSlashes(where, m)),
                forwardClientCert(where, m),
                details(where.field("set_current_client_cert_details"), m.getSetCurrentClientCertDetails()),
                m.getUseRemoteAddress().getValue(),
                Values.uint(m.getXffNumTrustedHops()),
                m.getSkipXffAppend(),
                !m.hasGenerateRequestId() || m.getGenerateRequestId().getValue(),
                m.getPreserveExternalRequestId(),
                serverHeader(where, m),
                m.getServerName().isEmpty() ? "weft" : m.getServerName(),
                underscores(commonAt, common),
                Values.duration(where, "request_timeout", m.getRequestTimeout()),
                Values.duration(where, "request_headers_timeout", m.getRequestHeadersTimeout()),
                m.hasStreamIdleTimeout()
                        ? Values.duration(where, "stream_idle_timeout", m.getStreamIdleTimeout())
                        : Duration.ofMinutes(5),
                common.hasIdleTimeout() ? Values.duration(commonAt, "idle_timeout", common.getIdleTimeout()) : Duration.ofHours(1),
                Values.duration(commonAt, "max_connection_duration", common.getMaxConnectionDuration()),
                Values.duration(commonAt, "max_stream_duration", common.getMaxStreamDuration()),
                Values.uint(common.getMaxRequestsPerConnection()),
                m.hasDrainTimeout() ? Values.duration(where, "drain_timeout", m.getDrainTimeout()) : Duration.ofSeconds(5),
                headersKb(where, m),
                Values.uint(common.getMaxHeadersCount()),
                upgrades(where, m),
                http1(where.field("http_protocol_options"), m.getHttpProtocolOptions()),
                m.getStripMatchingHostPort(),
                http2(where.field("http2_protocol_options"), m.getHttp2ProtocolOptions()),
                logs.parse(where, m.getAccessLogList()),
                m.hasTracing() ? TracingParser.parse(where.field("tracing"), m.getTracing()) : null);
    }

    private static HttpManagerResource.Codec codec(Where where, HttpConnectionManager m) {
        switch (m.getCodecType()) {
            case AUTO:
                return HttpManagerResource.Codec.AUTO;
            case HTTP1:
                return HttpManagerResource.Codec.HTTP1;
            case HTTP2:
                return HttpManagerResource.Codec.HTTP2;
            default:
                throw where.refuse("codec_type", m.getCodecType(), "AUTO, HTTP1 or HTTP2");
        }
    }

    private static String rds(Where where, Rds rds) {
        RDS.check(where, rds);
        Where at = where.field("config_source");
        SOURCE.check(at, rds.getConfigSource());
        if (!rds.getConfigSource().hasAds()) {
            throw at.refuse("no source (expected: ads)");
        }
        if (rds.getRouteConfigName().isEmpty()) {
            throw where.refuse("route_config_name", "\"\"", "a name");
        }
        return rds.getRouteConfigName();
    }

    private static HttpManagerResource.EscapedSlashes escapedSlashes(Where where, HttpConnectionManager m) {
        switch (m.getPathWithEscapedSlashesAction()) {
            case IMPLEMENTATION_SPECIFIC_DEFAULT:
            case KEEP_UNCHANGED:
                return HttpManagerResource.EscapedSlashes.KEEP;
            case REJECT_REQUEST:
                return HttpManagerResource.EscapedSlashes.REJECT;
            case UNESCAPE_AND_REDIRECT:
                return HttpManagerResource.EscapedSlashes.UNESCAPE_AND_REDIRECT;
            case UNESCAPE_AND_FORWARD:
                return HttpManagerResource.EscapedSlashes.UNESCAPE_AND_FORWARD;
            default:
                throw where.refuse("path_with_escaped_slashes_action", m.getPathWithEscapedSlashesActionValue(), "one of Envoy's five");
        }
    }

    private static HttpManagerResource.ForwardClientCert forwardClientCert(Where where, HttpConnectionManager m) {
        switch (m.getForwardClientCertDetails()) {
            case SANITIZE:
                return HttpManagerResource.ForwardClientCert.SANITIZE;
            case FORWARD_ONLY:
                return HttpManagerResource.ForwardClientCert.FORWARD_ONLY;
            case APPEND_FORWARD:
                return HttpManagerResource.ForwardClientCert.APPEND_FORWARD;
            case SANITIZE_SET:
                return HttpManagerResource.ForwardClientCert.SANITIZE_SET;
            case ALWAYS_FORWARD_ONLY:
                return HttpManagerResource.ForwardClientCert.ALWAYS_FORWARD_ONLY;
            default:
                throw where.refuse("forward_client_cert_details", m.getForwardClientCertDetailsValue(), "one of Envoy's five");
        }
    }

    private static HttpManagerResource.ForwardClientCertDetails details(
            Where where, HttpConnectionManager.SetCurrentClientCertDetails d) {
        CERT_DETAILS.check(where, d);
        return new HttpManagerResource.ForwardClientCertDetails(
                d.getSubject().getValue(), d.getUri(), d.getDns(), d.getCert(), d.getChain());
    }

    private static HttpManagerResource.ServerHeader serverHeader(Where where, HttpConnectionManager m) {
        switch (m.getServerHeaderTransformation()) {
            case OVERWRITE:
                return HttpManagerResource.ServerHeader.OVERWRITE;
            case APPEND_IF_ABSENT:
                return HttpManagerResource.ServerHeader.APPEND_IF_ABSENT;
            case PASS_THROUGH:
                return HttpManagerResource.ServerHeader.PASS_THROUGH;
            default:
                throw where.refuse("server_header_transformation", m.getServerHeaderTransformationValue(), "one of Envoy's three");
        }
    }

    private static HttpManagerResource.UnderscoreHeaders underscores(Where where, HttpProtocolOptions common) {
        switch (common.getHeadersWithUnderscoresAction()) {
            case ALLOW:
                return HttpManagerResource.UnderscoreHeaders.ALLOW;
            case REJECT_REQUEST:
                return HttpManagerResource.UnderscoreHeaders.REJECT_REQUEST;
            case DROP_HEADER:
                return HttpManagerResource.UnderscoreHeaders.DROP_HEADER;
            default:
                throw where.refuse("headers_with_underscores_action", common.getHeadersWithUnderscoresActionValue(), "one of Envoy's three");
        }
    }

    private static int headersKb(Where where, HttpConnectionManager m) {
        if (!m.hasMaxRequestHeadersKb()) {
            return 0;
        }
        int kb = Values.uint(m.getMaxRequestHeadersKb());
        if (kb < 1 || kb > MAX_HEADERS_KB) {
            throw where.refuse("max_request_headers_kb", kb, "1 to " + MAX_HEADERS_KB);
        }
        return kb;
    }

    private static Set<String> upgrades(Where where, HttpConnectionManager m) {
        Set<String> types = new HashSet<>();
        for (int i = 0; i < m.getUpgradeConfigsCount(); i++) {
            HttpConnectionManager.UpgradeConfig upgrade = m.getUpgradeConfigs(i);
            UPGRADE.check(where.item("upgrade_configs", i), upgrade);
            if (!upgrade.hasEnabled() || upgrade.getEnabled().getValue()) {
                types.add(upgrade.getUpgradeType().toLowerCase(Locale.ROOT));
            }
        }
        return types;
    }

    private static boolean http1(Where where, Http1ProtocolOptions options) {
        HTTP1.check(where, options);
        if (options.hasAllowAbsoluteUrl() && !options.getAllowAbsoluteUrl().getValue()) {
            throw where.refuse("allow_absolute_url", false, "true");
        }
        return options.getAcceptHttp10();
    }

    private static HttpManagerResource.Http2Options http2(Where where, Http2ProtocolOptions options) {
        HTTP2.check(where, options);
        KeepaliveSettings keepalive = options.getConnectionKeepalive();
        Where at = where.field("connection_keepalive");
        KEEPALIVE.check(at, keepalive);
        return new HttpManagerResource.Http2Options(
                Values.uint(options.getMaxConcurrentStreams()),
                Values.uint(options.getInitialStreamWindowSize()),
                Values.uint(options.getInitialConnectionWindowSize()),
                options.getAllowConnect(),
                Values.duration(at, "interval", keepalive.getInterval()),
                Values.duration(at, "timeout", keepalive.getTimeout()));
    }
}
