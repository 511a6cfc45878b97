package io.weft.pilot.generate.listener;

import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.cluster.OutboundClusters;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.generate.route.OutboundRoutes;
import io.weft.pilot.model.OutboundMode;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.model.Telemetry;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.routing.MeshRules;
import io.weft.pilot.routing.RouteScope;
import io.weft.pilot.routing.ServiceScope;
import io.weft.pilot.routing.SidecarScope;
import io.weft.pilot.routing.Target;
import io.weft.pilot.routing.TcpRules;
import io.weft.pilot.routing.TrafficRules;
import io.weft.pilot.routing.UnknownTraffic;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a sidecar listens on for its own app: the proxy port, and a Sidecar object's egress listeners. */
public final class OutboundListeners {

    private final MeshState state;
    private final Map<String, String> labels;
    private final TrafficRules traffic;
    private final Observation observation;
    private final HttpManagers http;
    private final TcpFilters bytes;

    public OutboundListeners(MeshState state, Proxy proxy, TrafficRules traffic) {
        this.state = state;
        this.labels = proxy.labels();
        this.traffic = traffic;
        this.observation = Observation.of(state, proxy, Telemetry.Mode.CLIENT);
        this.http = new HttpManagers(state.settings().pathNormalization(), observation);
        this.bytes = new TcpFilters(observation);
    }

    public Listener httpProxy(int port) {
        Listener.Builder listener = Listener.newBuilder()
                .setName(OutboundRoutes.HTTP_PROXY)
                .setAddress(Proto.address("127.0.0.1", port))
                .setTrafficDirection(TrafficDirection.OUTBOUND)
                .addFilterChains(FilterChain.newBuilder()
                        .addFilters(http.outbound("outbound_http_proxy", OutboundRoutes.HTTP_PROXY)));
        observation.observe(listener);
        return listener.build();
    }

    /** Empty when it is for bytes and no service has its port. */
    public Optional<Listener> egress(SidecarScope.Listener egress, UnknownTraffic unknown) {
        int port = egress.port().number();
        String bound = egress.egress().bind();
        String bind = bound == null || bound.isEmpty() ? "127.0.0.1" : bound;
        Listener.Builder listener = Listener.newBuilder()
                .setName(Listeners.name(bind, port))
                .setAddress(Listeners.address(bind, port))
                .setTrafficDirection(TrafficDirection.OUTBOUND);
        observation.observe(listener);
        Protocol protocol = egress.port().protocol();
        if (protocol.isHttp() || protocol == Protocol.UNKNOWN) {
            return Optional.of(listener.addFilterChains(FilterChain.newBuilder()
                            .addFilters(http.outbound("outbound_" + port, Integer.toString(port))))
                    .build());
        }
        List<FilterChain> chains = protocol.isTls() ? tls(egress) : tcp(egress, unknown);
        if (chains.isEmpty()) {
            return Optional.empty();
        }
        if (protocol.isTls()) {
            listener.addListenerFilters(Listeners.tlsInspector());
        }
        return Optional.of(listener.addAllFilterChains(chains).build());
    }

    private List<FilterChain> tcp(SidecarScope.Listener egress, UnknownTraffic unknown) {
        int port = egress.port().number();
        TcpRules tcp = new TcpRules(scope(egress));
        for (MeshService service : egress.services().services()) {
            if (service.port(port).isEmpty()) {
                continue;
            }
            List<TcpRules.TcpRouted> routed = new ArrayList<>(
                    egress.rules().of(service.hostname()).map(tcp::tcp).orElse(List.of()));
            routed.add(new TcpRules.TcpRouted(List.of(), own(service, port)));
            ByteChains matches = new ByteChains();
            List<FilterChain> chains = new ArrayList<>();
            for (TcpRules.TcpRouted route : routed) {
                matches.plain(route.subnets(), false)
                        .ifPresent(match -> chains.add(FilterChain.newBuilder()
                                .setFilterChainMatch(match)
                                .addFilters(bytes.toShares(route.shares(), traffic, egress.services()))
                                .build()));
            }
            return chains;
        }
        if (unknown.mode() == OutboundMode.REGISTRY_ONLY) {
            return List.of(FilterChain.newBuilder()
                    .addFilters(bytes.toCluster(OutboundClusters.BLACK_HOLE, null))
                    .build());
        }
        if (unknown.proxy() != null) {
            return List.of(FilterChain.newBuilder()
                    .addFilters(bytes.toShares(List.of(new TcpRules.Share(unknown.proxy(), 1)), traffic, egress.services()))
                    .build());
        }
        return List.of();
    }

    private List<FilterChain> tls(SidecarScope.Listener egress) {
        int port = egress.port().number();
        TcpRules tcp = new TcpRules(scope(egress));
        List<FilterChain> chains = new ArrayList<>();
        ByteChains matches = new ByteChains();
        for (MeshRules.Ruled ruled : egress.rules().all()) {
            for (TcpRules.SniRoute route : tcp.tls(ruled.rules())) {
                add(chains, matches.tls(route.sniHosts(), route.subnets()), route.shares(), egress.services());
            }
        }
        for (MeshService service : egress.services().services()) {
            boolean served = service.port(port).filter(found -> found.protocol().isTls()).isPresent();
            boolean ruled = egress.rules().of(service.hostname()).map(VirtualService::tls).filter(tls -> !tls.isEmpty()).isPresent();
            if (served && !ruled) {
                add(chains, matches.tls(List.of(service.hostname()), List.of()), own(service, port), egress.services());
            }
        }
        return chains;
    }

    private void add(
            List<FilterChain> chains, List<FilterChainMatch> matches, List<TcpRules.Share> shares, ServiceScope services) {
        for (FilterChainMatch match : matches) {
            chains.add(FilterChain.newBuilder()
                    .setFilterChainMatch(match)
                    .addFilters(bytes.toShares(shares, traffic, services))
                    .build());
        }
    }

    private static List<TcpRules.Share> own(MeshService service, int port) {
        return List.of(new TcpRules.Share(new Target(service.hostname(), "", port), 1));
    }

    private RouteScope scope(SidecarScope.Listener egress) {
        return new RouteScope(
                RouteScope.MESH, egress.port().number(), labels, egress.services(), state.settings().clusterDomain());
    }
}
