package io.weft.sidecar.listener;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.DownstreamTlsResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.HttpManagerResource.ForwardClientCert;
import io.weft.sidecar.resource.HttpManagerResource.ForwardClientCertDetails;
import io.weft.sidecar.resource.HttpManagerResource.NamedHttpFilter;
import io.weft.sidecar.resource.ListenerResource.Direction;
import io.weft.sidecar.resource.ListenerResource.FilterChain;
import io.weft.sidecar.resource.ListenerResource.FilterChainMatch;
import io.weft.sidecar.resource.NetAddress;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.resource.TlsCommon.SanMatch;
import io.weft.sidecar.resource.UpstreamTlsResource;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.testing.MeshTls;
import io.weft.sidecar.testing.TestEngine;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A server's inbound listener with mutual TLS of the mesh, and the cluster by which a client of it reaches such listeners. */
final class MeshPeers {
    /** What mesh-pilot says unless somebody sets limits. */
    private static final ClusterResource.CircuitBreakers UNLIMITED =
            new ClusterResource.CircuitBreakers(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, null, 0);

    private MeshPeers() {}

    static HttpManagerResource manager(List<NamedHttpFilter> filters) {
        RouteConfigResource routes = RouteConfigResource.of(
                "in",
                List.of(VirtualHostResource.of(
                        "in", List.of("*"), List.of(RouteResource.of("in", Match.prefix("/"), Forward.to("inbound|9080||"))))));
        HttpManagerResource base = HttpManagerResource.of("in", routes, null, filters);
        return new HttpManagerResource(
                base.statPrefix(), base.codec(), base.routeConfig(), null, base.filters(), base.pathNormalization(),
                ForwardClientCert.SANITIZE_SET, new ForwardClientCertDetails(true, true, false, false, false),
                base.useRemoteAddress(), 0, false, true, false, HttpManagerResource.ServerHeader.PASS_THROUGH, "weft",
                base.underscoreHeaders(), base.requestTimeout(), base.requestHeadersTimeout(), base.streamIdleTimeout(),
                base.idleTimeout(), base.maxConnectionDuration(), base.maxStreamDuration(), 0, base.drainTimeout(), 0, 0,
                base.upgradeTypes(), false, false, base.http2(), List.of());
    }

    /** The chains that mesh-pilot generates for a port: the mesh's TLS; permissive, plaintext too, and other TLS passed through to the app. */
    static int inbound(TestEngine server, boolean permissive, NamedHttpFilter... filters) {
        HttpManagerResource manager = manager(List.of(filters));
        FilterChainMatch mesh = new FilterChainMatch(
                0, List.of(), List.of(), "tls", List.of("istio", "istio-peer-exchange", "istio-http/1.1", "istio-h2"), List.of(), List.of(), List.of());
        FilterChain tls = new FilterChain(
                "mtls",
                mesh,
                new DownstreamTlsResource(MeshTls.common(List.of("istio-h2", "istio-http/1.1", "istio", "h2", "http/1.1"), List.of()), true, false),
                List.of(manager));
        FilterChain plain = new FilterChain("plaintext", transport("raw_buffer"), null, List.of(manager));
        TcpProxyResource app = new TcpProxyResource(
                "app", List.of(new TcpProxyResource.WeightedCluster("inbound|9080||", 1)), Duration.ofHours(1), 1, false, List.of());
        FilterChain through = new FilterChain("tls-passthrough", transport("tls"), null, List.of(app));
        server.listener("inbound", Direction.INBOUND, permissive ? new FilterChain[] {tls, plain, through} : new FilterChain[] {tls});
        return server.engine().listeners().get("inbound").getPort();
    }

    private static FilterChainMatch transport(String protocol) {
        return new FilterChainMatch(0, List.of(), List.of(), protocol, List.of(), List.of(), List.of(), List.of());
    }

    /** {@code reviews}, at these ports. */
    static ClusterResource cluster(ClusterResource.HttpProtocol protocol, String san, int... ports) {
        boolean http2 = protocol.protocol() == ClusterResource.Protocol.HTTP2;
        UpstreamTlsResource tls = new UpstreamTlsResource(
                MeshTls.common(http2 ? List.of("istio", "istio-h2", "h2") : List.of("istio", "istio-http/1.1"),
                        List.of(new SanMatch(SanMatch.Type.URI, StringMatch.exact(san)))),
                "outbound_.9080_._.reviews.default.svc.cluster.local", false, false);
        return ClusterResource.of("reviews", ClusterResource.Type.STATIC, endpoints(ports))
                .withHttp(protocol)
                .withCircuitBreakers(UNLIMITED)
                .withTls(null, List.of(
                        new ClusterResource.TransportMatch("tlsMode-istio", Map.of("tlsMode", "istio"), tls),
                        new ClusterResource.TransportMatch("tlsMode-disabled", Map.of(), null)));
    }

    static EndpointsResource endpoints(int... ports) {
        return EndpointsResource.of(
                "reviews",
                Arrays.stream(ports)
                        .mapToObj(port -> new EndpointsResource.Endpoint(
                                new NetAddress("127.0.0.1", port), "", 1, EndpointsResource.Health.HEALTHY, Map.of("tlsMode", "istio"), Workload.UNKNOWN, 0))
                        .toList());
    }
}
