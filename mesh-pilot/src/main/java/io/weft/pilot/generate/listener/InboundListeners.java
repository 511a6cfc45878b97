package io.weft.pilot.generate.listener;

import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.cluster.InboundClusters;
import io.weft.pilot.generate.proto.MetadataExchange;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.model.PeerAuthentication.Mode;
import io.weft.pilot.model.Telemetry;
import io.weft.pilot.registry.MtlsModes;
import io.weft.pilot.state.MeshState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a sidecar listens on for others. Mesh mTLS is told by its ALPN; under PERMISSIVE plaintext is served too, and other TLS is the app's own and passes
 * through; under STRICT nothing else matches, and the connection is reset.
 */
public final class InboundListeners {

    private final MtlsModes.Workload modes;
    private final Policies policies;
    private final Observation observation;
    private final HttpManagers http;
    private final TcpFilters bytes;
    private final String trustDomain;
    private final boolean exchanging;

    public InboundListeners(MeshState state, MtlsModes modes, Proxy proxy) {
        this.modes = modes.of(proxy.namespace(), proxy.labels());
        this.policies = Policies.of(state, proxy.namespace(), proxy.labels());
        this.observation = Observation.of(state, proxy, Telemetry.Mode.SERVER);
        this.http = new HttpManagers(state.settings().pathNormalization(), observation);
        this.bytes = new TcpFilters(observation);
        this.trustDomain = state.settings().trustDomain();
        this.exchanging = proxy.exchangesMetadata();
    }

    /** A port that the sidecar announced, or that a Sidecar object has it bind. */
    public Listener of(Inbounds.Inbound inbound) {
        boolean speaksHttp = inbound.http();
        Mode mode = modes.port(inbound.port());
        List<Filter> filters = filters(inbound);
        Listener.Builder listener = Listener.newBuilder()
                .setName(inbound.listenerName())
                .setAddress(Listeners.address(inbound.bind(), inbound.bound()))
                .setTrafficDirection(TrafficDirection.INBOUND)
                .addListenerFilters(Listeners.tlsInspector());
        observation.observe(listener);
        if (mode != Mode.DISABLE) {
            FilterChain.Builder chain = FilterChain.newBuilder()
                    .setName("mtls")
                    .setFilterChainMatch(FilterChainMatch.newBuilder()
                            .setTransportProtocol("tls")
                            .addAllApplicationProtocols(ServerTlsContexts.MESH_ALPN))
                    .setTransportSocket(ServerTlsContexts.mesh(trustDomain, speaksHttp, exchanging));
            if (exchanging && !speaksHttp) {
                chain.addFilters(MetadataExchange.downstream());
            }
            listener.addFilterChains(chain.addAllFilters(filters));
        }
        if (mode != Mode.STRICT) {
            listener.addFilterChains(FilterChain.newBuilder()
                    .setName("plaintext")
                    .setFilterChainMatch(FilterChainMatch.newBuilder().setTransportProtocol("raw_buffer"))
                    .addAllFilters(filters));
            listener.addFilterChains(FilterChain.newBuilder()
                    .setName("tls-passthrough")
                    .setFilterChainMatch(FilterChainMatch.newBuilder().setTransportProtocol("tls"))
                    .addAllFilters(tcp(inbound)));
        }
        return listener.build();
    }

    private List<Filter> filters(Inbounds.Inbound inbound) {
        if (!inbound.http()) {
            return tcp(inbound);
        }
        int port = inbound.port();
        return List.of(http.inbound("inbound_" + port, routes(port), policies.http(Set.of(port))));
    }

    private List<Filter> tcp(Inbounds.Inbound inbound) {
        List<Filter> filters = new ArrayList<>(TcpFilters.policies(policies.tcp(Set.of(inbound.port()))));
        filters.add(bytes.toCluster(InboundClusters.name(inbound.port()), inbound.pool()));
        return filters;
    }

    private static RouteConfiguration routes(int workloadPort) {
        return RouteConfiguration.newBuilder()
                .setName(InboundClusters.name(workloadPort))
                .setValidateClusters(com.google.protobuf.BoolValue.of(false))
                .addVirtualHosts(VirtualHost.newBuilder()
                        .setName("inbound|http|" + workloadPort)
                        .addDomains("*")
                        .addRoutes(Route.newBuilder()
                                .setName("default")
                                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                                .setRoute(RouteAction.newBuilder()
                                        .setCluster(InboundClusters.name(workloadPort))
                                        .setTimeout(Proto.duration(Duration.ZERO)))))
                .build();
    }
}
