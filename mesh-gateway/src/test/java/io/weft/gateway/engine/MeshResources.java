package io.weft.gateway.engine;

import io.weft.sidecar.listener.Engine;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.DownstreamTlsResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.FaultResource;
import io.weft.sidecar.resource.FractionalPercent;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.NetAddress;
import io.weft.sidecar.resource.RbacResource;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.SecretResource;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.resource.TlsCommon;
import io.weft.sidecar.resource.VirtualHostResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a control plane would send a gateway: {@code /mesh…} of any host to the backend, {@code /direct} answered at once. */
final class MeshResources {

    static final String CLUSTER = "outbound|80||backend.default.svc.cluster.local";
    private static final String SECRET = "kubernetes://gateway-cert";

    private MeshResources() {}

    static void apply(Engine engine, int httpPort, int httpsPort, int backend, @Nullable TestCertificate certificate) {
        engine.applyClusters(
                List.of(ClusterResource.of(
                        CLUSTER,
                        ClusterResource.Type.STATIC,
                        EndpointsResource.of(CLUSTER, List.of(EndpointsResource.Endpoint.of("127.0.0.1", backend))))),
                List.of());
        engine.applyRoutes(List.of(routes()), List.of());
        must(engine.applyListeners(List.of(listener("http", httpPort, null)), List.of()));
        if (certificate != null) {
            must(engine.applySecrets(
                    List.of(new SecretResource(
                            SECRET, new SecretResource.Certificate(certificate.chainPem(), certificate.keyPem()), null)),
                    List.of()));
            must(engine.applyListeners(List.of(listener("https", httpsPort, tls())), List.of()));
        }
    }

    private static void must(List<?> rejections) {
        if (!rejections.isEmpty()) {
            throw new AssertionError(rejections.toString());
        }
    }

    private static RouteConfigResource routes() {
        return RouteConfigResource.of(
                "http.80",
                List.of(VirtualHostResource.of(
                        "all",
                        List.of("*"),
                        List.of(
                                RouteResource.of(
                                        "mesh", RouteResource.Match.prefix("/mesh"), RouteResource.Forward.to(CLUSTER)),
                                RouteResource.of(
                                        "direct",
                                        RouteResource.Match.exact("/direct"),
                                        new RouteResource.DirectResponse(200, "direct"))))));
    }

    private static DownstreamTlsResource tls() {
        return new DownstreamTlsResource(
                new TlsCommon(
                        List.of("h2", "http/1.1"),
                        new TlsCommon.SecretRef(SECRET, false, false),
                        null,
                        "TLSv1.2",
                        "TLSv1.3",
                        List.of(),
                        List.of()),
                false,
                false);
    }

    private static ListenerResource listener(String name, int port, @Nullable DownstreamTlsResource tls) {
        HttpManagerResource manager = HttpManagerResource.of(name, null, "http.80", List.of());
        return listener(name, port, tls != null, new ListenerResource.FilterChain(
                "http", ListenerResource.FilterChainMatch.ANY, tls, List.of(manager)));
    }

    /** A free port whose connections may rest for {@code idle} only. */
    static ListenerResource idle(Duration idle) {
        HttpManagerResource usual = HttpManagerResource.of("idle", null, "http.80", List.of());
        HttpManagerResource manager = new HttpManagerResource(
                usual.statPrefix(),
                usual.codec(),
                usual.routeConfig(),
                usual.rdsName(),
                usual.filters(),
                usual.pathNormalization(),
                usual.forwardClientCert(),
                usual.forwardClientCertDetails(),
                usual.useRemoteAddress(),
                usual.xffTrustedHops(),
                usual.skipXffAppend(),
                usual.generateRequestId(),
                usual.preserveExternalRequestId(),
                usual.serverHeader(),
                usual.serverName(),
                usual.underscoreHeaders(),
                usual.requestTimeout(),
                usual.requestHeadersTimeout(),
                usual.streamIdleTimeout(),
                idle,
                usual.maxConnectionDuration(),
                usual.maxStreamDuration(),
                usual.maxRequestsPerConnection(),
                usual.drainTimeout(),
                usual.maxRequestHeadersKb(),
                usual.maxHeadersCount(),
                usual.upgradeTypes(),
                usual.acceptHttp10(),
                usual.stripMatchingHostPort(),
                usual.http2(),
                usual.accessLogs());
        return listener("idle", 0, false, new ListenerResource.FilterChain(
                "http", ListenerResource.FilterChainMatch.ANY, null, List.of(manager)));
    }

    /** A filter that holds up every request. */
    static HttpManagerResource.NamedHttpFilter delay(Duration duration) {
        return new HttpManagerResource.NamedHttpFilter(
                "fault", new FaultResource(new FaultResource.Delay(duration, FractionalPercent.ALWAYS), null, List.of()), false);
    }

    /** A free port where requests for {@code prefix} are denied, behind other filters. */
    static ListenerResource denying(String prefix, HttpManagerResource.NamedHttpFilter... before) {
        RbacResource deny = new RbacResource(
                new RbacResource.Rules(
                        RbacResource.Action.DENY,
                        Map.of(
                                "deny",
                                new RbacResource.Policy(
                                        List.of(new RbacResource.Permission.UrlPath(StringMatch.prefix(prefix))),
                                        List.of(new RbacResource.Principal.Any())))),
                null);
        List<HttpManagerResource.NamedHttpFilter> filters = new ArrayList<>(List.of(before));
        filters.add(new HttpManagerResource.NamedHttpFilter("rbac", deny, false));
        HttpManagerResource manager = HttpManagerResource.of("denying", null, "http.80", filters);
        return listener("denying", 0, false, new ListenerResource.FilterChain(
                "http", ListenerResource.FilterChainMatch.ANY, null, List.of(manager)));
    }

    static ListenerResource bytes(int port) {
        return listener("bytes", port, false, new ListenerResource.FilterChain(
                "tcp",
                ListenerResource.FilterChainMatch.ANY,
                null,
                List.of(new TcpProxyResource(
                        "bytes",
                        List.of(new TcpProxyResource.WeightedCluster(CLUSTER, 1)),
                        Duration.ZERO,
                        1,
                        false,
                        List.of()))));
    }

    private static ListenerResource listener(String name, int port, boolean inspectTls, ListenerResource.FilterChain chain) {
        return new ListenerResource(
                name,
                new NetAddress("127.0.0.1", port),
                ListenerResource.Direction.UNSPECIFIED,
                inspectTls,
                false,
                false,
                Duration.ZERO,
                false,
                List.of(chain),
                null,
                0,
                List.of());
    }
}
