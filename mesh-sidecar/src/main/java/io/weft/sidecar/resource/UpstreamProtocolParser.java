package io.weft.sidecar.resource;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.time.Duration;
import java.util.Map;

/** What is spoken to a cluster, from the current field or from the deprecated ones that it replaced. */
final class UpstreamProtocolParser {
    private static final String CURRENT = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private static final Fields OPTIONS = Fields.of(
            HttpProtocolOptions.getDescriptor(),
            "common_http_protocol_options",
            "upstream_http_protocol_options",
            "explicit_http_config",
            "use_downstream_protocol_config",
            "auto_config");
    private static final Fields COMMON = Fields.of(
                    io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions.getDescriptor(),
                    "idle_timeout",
                    "max_connection_duration",
                    "max_requests_per_connection");
    private static final Fields EXPLICIT = Fields.of(
            HttpProtocolOptions.ExplicitHttpConfig.getDescriptor(), "http_protocol_options", "http2_protocol_options");
    private static final Fields AUTO = Fields.of(
            HttpProtocolOptions.AutoHttpConfig.getDescriptor(), "http_protocol_options", "http2_protocol_options");
    private static final Fields DOWNSTREAM = Fields.of(
            HttpProtocolOptions.UseDownstreamHttpConfig.getDescriptor(), "http_protocol_options", "http2_protocol_options");
    static final Fields HTTP1 = Fields.of(Http1ProtocolOptions.getDescriptor())
            .ignore("there is one parser", "use_balsa_parser")
            .ignore("trailers are always passed on", "enable_trailers");
    private static final Fields HTTP2 = Fields.of(Http2ProtocolOptions.getDescriptor(), "max_concurrent_streams")
            .ignore("windows follow the engine's own buffer bounds", "initial_stream_window_size", "initial_connection_window_size")
            .ignore("the engine's own flood limits hold", "hpack_table_size", "max_outbound_frames", "max_outbound_control_frames",
                    "max_consecutive_inbound_frames_with_empty_payload", "max_inbound_priority_frames_per_stream",
                    "max_inbound_window_update_frames_per_data_frame_sent", "use_oghttp2_codec");

    private UpstreamProtocolParser() {}

    /** The current field; empty when a cluster has none. */
    static HttpProtocolOptions options(Where where, Cluster cluster) {
        HttpProtocolOptions options = HttpProtocolOptions.getDefaultInstance();
        for (Map.Entry<String, Any> entry : cluster.getTypedExtensionProtocolOptionsMap().entrySet()) {
            Where at = where.field("typed_extension_protocol_options[" + entry.getKey() + "]");
            if (!entry.getKey().equals(CURRENT)) {
                throw at.refuse("unsupported (expected: " + CURRENT + ")");
            }
            options = Values.unpack(at, entry.getValue(), HttpProtocolOptions.class);
            OPTIONS.check(at, options);
        }
        return options;
    }

    static ClusterResource.HttpProtocol parse(Where where, Cluster cluster, HttpProtocolOptions options) {
        ClusterResource.Protocol protocol;
        Http2ProtocolOptions http2 = Http2ProtocolOptions.getDefaultInstance();
        Http1ProtocolOptions http1 = Http1ProtocolOptions.getDefaultInstance();
        Where at = where.field("typed_extension_protocol_options");
        switch (options.getUpstreamProtocolOptionsCase()) {
            case EXPLICIT_HTTP_CONFIG: {
                HttpProtocolOptions.ExplicitHttpConfig explicit = options.getExplicitHttpConfig();
                EXPLICIT.check(at.field("explicit_http_config"), explicit);
                protocol = explicit.hasHttp2ProtocolOptions() ? ClusterResource.Protocol.HTTP2 : ClusterResource.Protocol.HTTP1;
                http1 = explicit.getHttpProtocolOptions();
                http2 = explicit.getHttp2ProtocolOptions();
                break;
            }
            case AUTO_CONFIG:
                AUTO.check(at.field("auto_config"), options.getAutoConfig());
                protocol = ClusterResource.Protocol.AUTO;
                http1 = options.getAutoConfig().getHttpProtocolOptions();
                http2 = options.getAutoConfig().getHttp2ProtocolOptions();
                break;
            case USE_DOWNSTREAM_PROTOCOL_CONFIG:
                DOWNSTREAM.check(at.field("use_downstream_protocol_config"), options.getUseDownstreamProtocolConfig());
                protocol = ClusterResource.Protocol.USE_DOWNSTREAM;
                http1 = options.getUseDownstreamProtocolConfig().getHttpProtocolOptions();
                http2 = options.getUseDownstreamProtocolConfig().getHttp2ProtocolOptions();
                break;
            default:
                protocol = cluster.hasHttp2ProtocolOptions() ? ClusterResource.Protocol.HTTP2 : ClusterResource.Protocol.HTTP1;
                http1 = cluster.getHttpProtocolOptions();
                http2 = cluster.getHttp2ProtocolOptions();
        }
        HTTP1.check(at.field("http_protocol_options"), http1);
        HTTP2.check(at.field("http2_protocol_options"), http2);
        io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions common = options.hasCommonHttpProtocolOptions()
                ? options.getCommonHttpProtocolOptions()
                : cluster.getCommonHttpProtocolOptions();
        Where commonAt = where.field("common_http_protocol_options");
        COMMON.check(commonAt, common);
        return new ClusterResource.HttpProtocol(
                protocol,
                common.hasIdleTimeout()
                        ? Values.duration(commonAt, "idle_timeout", common.getIdleTimeout())
                        : Duration.ofHours(1),
                common.hasMaxRequestsPerConnection()
                        ? Values.uint(common.getMaxRequestsPerConnection())
                        : Values.uint(cluster.getMaxRequestsPerConnection()),
                Values.duration(commonAt, "max_connection_duration", common.getMaxConnectionDuration()),
                http2.hasMaxConcurrentStreams() ? Values.uint(http2.getMaxConcurrentStreams()) : 0);
    }
}
