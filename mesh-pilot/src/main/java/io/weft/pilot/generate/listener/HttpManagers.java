package io.weft.pilot.generate.listener;

import static io.weft.pilot.generate.proto.Proto.any;
import static io.weft.pilot.generate.proto.Proto.bool;
import static io.weft.pilot.generate.proto.Proto.duration;
import static io.weft.pilot.generate.proto.Proto.u32;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ServerHeaderTransformation;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.model.MeshSettings.PathNormalization;
import java.time.Duration;
import java.util.List;

/** HTTP connection managers: what every listener that speaks HTTP has in common, and what differs by where it stands. */
final class HttpManagers {

    private static final Duration EDGE_HEADERS = Duration.ofSeconds(10);
    private static final Duration EDGE_IDLE = Duration.ofMinutes(5);
    private static final int EDGE_STREAMS = 100;
    private static final int EDGE_WINDOW = 64 * 1024;
    private static final int EDGE_CONNECTION_WINDOW = 1024 * 1024;
    private static final int MAX_HEADERS = 100;
    private static final int MAX_HEADER_KB = 60;

    private final PathNormalization paths;
    private final Observation observation;

    HttpManagers(PathNormalization paths, Observation observation) {
        this.paths = paths;
        this.observation = observation;
    }

    /** In front of an app: the caller is a proxy of the mesh, or nobody. */
    Filter inbound(String statPrefix, RouteConfiguration routes, List<RBAC> policies) {
        HttpConnectionManager.Builder manager = common(statPrefix, policies)
                .setRouteConfig(routes)
                .setServerHeaderTransformation(ServerHeaderTransformation.PASS_THROUGH);
        setClientCert(manager);
        return filter(manager);
    }

    /** Behind an app: the caller is the app itself. */
    Filter outbound(String statPrefix, String routes) {
        return filter(common(statPrefix, List.of())
                .setRds(rds(routes))
                .setServerHeaderTransformation(ServerHeaderTransformation.PASS_THROUGH)
                .setForwardClientCertDetails(ForwardClientCertDetails.SANITIZE));
    }

    /** At the edge: the caller is anybody. */
    Filter edge(String statPrefix, String routes, List<RBAC> policies) {
        HttpConnectionManager.Builder manager = common(statPrefix, policies)
                .setRds(rds(routes))
                .setUseRemoteAddress(bool(true))
                .setServerHeaderTransformation(ServerHeaderTransformation.PASS_THROUGH)
                .setStreamIdleTimeout(duration(EDGE_IDLE))
                .setRequestHeadersTimeout(duration(EDGE_HEADERS))
                .setHttp2ProtocolOptions(Http2ProtocolOptions.newBuilder()
                        .setMaxConcurrentStreams(u32(EDGE_STREAMS))
                        .setInitialStreamWindowSize(u32(EDGE_WINDOW))
                        .setInitialConnectionWindowSize(u32(EDGE_CONNECTION_WINDOW)));
        manager.getCommonHttpProtocolOptionsBuilder()
                .setIdleTimeout(duration(EDGE_IDLE))
                .setHeadersWithUnderscoresAction(HttpProtocolOptions.HeadersWithUnderscoresAction.REJECT_REQUEST);
        setClientCert(manager);
        return filter(manager);
    }

    private HttpConnectionManager.Builder common(String statPrefix, List<RBAC> policies) {
        HttpConnectionManager.Builder manager = HttpConnectionManager.newBuilder()
                .setStatPrefix(statPrefix)
                .setCodecType(HttpConnectionManager.CodecType.AUTO)
                .setMaxRequestHeadersKb(u32(MAX_HEADER_KB))
                .setCommonHttpProtocolOptions(
                        HttpProtocolOptions.newBuilder().setMaxHeadersCount(u32(MAX_HEADERS)))
                .addUpgradeConfigs(HttpConnectionManager.UpgradeConfig.newBuilder().setUpgradeType("websocket"));
        normalizePaths(manager);
        observation.observe(manager);
        for (RBAC policy : policies) {
            manager.addHttpFilters(httpFilter(
                    "envoy.filters.http.rbac",
                    io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.newBuilder().setRules(policy).build()));
        }
        return manager.addHttpFilters(httpFilter("envoy.filters.http.cors", Cors.getDefaultInstance()))
                .addHttpFilters(httpFilter("envoy.filters.http.fault", HTTPFault.getDefaultInstance()))
                .addHttpFilters(httpFilter("envoy.filters.http.router", Router.getDefaultInstance()));
    }

    /** Decided once, so that policy, routing and the app see one path. */
    private void normalizePaths(HttpConnectionManager.Builder manager) {
        if (paths == PathNormalization.NONE) {
            manager.setNormalizePath(bool(false));
            return;
        }
        manager.setNormalizePath(bool(true));
        if (paths == PathNormalization.MERGE_SLASHES || paths == PathNormalization.DECODE_AND_MERGE_SLASHES) {
            manager.setMergeSlashes(true);
        }
        if (paths == PathNormalization.DECODE_AND_MERGE_SLASHES) {
            manager.setPathWithEscapedSlashesAction(PathWithEscapedSlashesAction.UNESCAPE_AND_FORWARD);
        }
    }

    /** What a client says of its own certificate is never believed: it is replaced by what the handshake showed. */
    private static void setClientCert(HttpConnectionManager.Builder manager) {
        manager.setForwardClientCertDetails(ForwardClientCertDetails.SANITIZE_SET)
                .setSetCurrentClientCertDetails(HttpConnectionManager.SetCurrentClientCertDetails.newBuilder()
                        .setSubject(bool(true))
                        .setUri(true)
                        .setDns(false));
    }

    private static Rds rds(String name) {
        return Rds.newBuilder().setRouteConfigName(name).setConfigSource(Proto.ads()).build();
    }

    private static HttpFilter httpFilter(String name, Message config) {
        return HttpFilter.newBuilder().setName(name).setTypedConfig(any(config)).build();
    }

    private static Filter filter(HttpConnectionManager.Builder manager) {
        return Filter.newBuilder()
                .setName("envoy.filters.network.http_connection_manager")
                .setTypedConfig(any(manager.build()))
                .build();
    }
}
