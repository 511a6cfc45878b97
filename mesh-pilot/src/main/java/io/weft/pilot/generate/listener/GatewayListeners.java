package io.weft.pilot.generate.listener;

import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.cluster.SniClusters;
import io.weft.pilot.generate.cluster.SniClusters.SniCluster;
import io.weft.pilot.generate.proto.MetadataExchange;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.generate.route.GatewayRoutes;
import io.weft.pilot.generate.route.GatewayRoutes.Served;
import io.weft.pilot.model.Gateway;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.model.ServerTls;
import io.weft.pilot.model.Telemetry;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.routing.GatewayRules;
import io.weft.pilot.routing.HostNames;
import io.weft.pilot.routing.Labels;
import io.weft.pilot.routing.RouteScope;
import io.weft.pilot.routing.ServiceScope;
import io.weft.pilot.routing.TcpRules;
import io.weft.pilot.routing.TrafficRules;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of every Gateway that selects this proxy: those on one port are one listener. Plain HTTP servers share a chain and its routes; TLS servers
 * are told apart by SNI. Of two that want the same, the older Gateway's has it.
 */
public final class GatewayListeners {

    private static final Logger log = LoggerFactory.getLogger(GatewayListeners.class);
    private static final int BUFFER = 32 * 1024;

    private final MeshState state;
    private final Proxy proxy;
    private final ServiceScope services;
    private final TrafficRules traffic;
    private final GatewayRoutes routes;
    private final Observation observation;
    private final HttpManagers http;
    private final TcpFilters bytes;
    private final Policies policies;

    private final List<Listener> listeners = new ArrayList<>();
    private final List<RouteConfiguration> configurations = new ArrayList<>();
    private final Set<String> credentials = new LinkedHashSet<>();
    private final List<SniCluster> clusters = new ArrayList<>();

    private GatewayListeners(MeshState state, Proxy proxy, ServiceScope services, TrafficRules traffic) {
        this.state = state;
        this.proxy = proxy;
        this.services = services;
        this.traffic = traffic;
        this.routes = new GatewayRoutes(state, proxy.labels(), services, traffic);
        this.observation = Observation.of(state, proxy, Telemetry.Mode.CLIENT);
        this.http = new HttpManagers(state.settings().pathNormalization(), observation);
        this.bytes = new TcpFilters(observation);
        this.policies = Policies.of(state, proxy.namespace(), proxy.labels());
    }

    public static GatewayListeners of(MeshState state, Proxy proxy, ServiceScope services, TrafficRules traffic) {
        GatewayListeners all = new GatewayListeners(state, proxy, services, traffic);
        all.byAddress().forEach(all::build);
        return all;
    }

    public List<Listener> listeners() {
        return listeners;
    }

    public List<RouteConfiguration> routes() {
        return configurations;
    }

    /** Clusters that only these listeners need. */
    public List<SniCluster> clusters() {
        return clusters;
    }

    /** Credential names that some server needs. */
    public Set<String> credentials() {
        return credentials;
    }

    private record Place(String bind, int port) {}

    private Map<Place, List<Served>> byAddress() {
        Map<Place, List<Served>> places = new LinkedHashMap<>();
        for (Gateway gateway : state.all(Gateway.class)) {
            if (!Labels.match(gateway.selector(), proxy.labels())) {
                continue;
            }
            for (Gateway.Server server : gateway.servers()) {
                int number = server.port().number();
                int port = proxy.gatewayPorts().getOrDefault(number, number);
                String bind = server.bind() == null || server.bind().isEmpty() ? proxy.bindAddress() : server.bind();
                places.computeIfAbsent(new Place(bind, port), p -> new ArrayList<>()).add(new Served(gateway, server));
            }
        }
        return places;
    }

    private void build(Place place, List<Served> servers) {
        Chains chains = new Chains();
        List<Served> plain = servers.stream().filter(served -> isPlainHttp(served.server())).toList();
        if (!plain.isEmpty()) {
            plainHttp(chains, plain);
        }
        for (Served served : servers) {
            if (isPlainHttp(served.server())) {
                continue;
            }
            if (isPlainTcp(served.server())) {
                plainTcp(chains, served);
            } else {
                tls(chains, served);
            }
        }
        List<FilterChain> built = chains.build();
        if (built.isEmpty()) {
            return;
        }
        Listener.Builder listener = Listener.newBuilder()
                .setName(Listeners.name(place.bind(), place.port()))
                .setAddress(Listeners.address(place.bind(), place.port()))
                .setTrafficDirection(TrafficDirection.OUTBOUND)
                .setPerConnectionBufferLimitBytes(Proto.u32(BUFFER))
                .addAllFilterChains(built);
        observation.observe(listener);
        if (chains.hasTls()) {
            listener.addListenerFilters(Listeners.tlsInspector());
        }
        listeners.add(listener.build());
    }

    private static boolean isPlainHttp(Gateway.Server server) {
        Protocol protocol = server.port().protocol();
        return protocol.isHttp() || protocol == Protocol.UNKNOWN;
    }

    private static boolean isPlainTcp(Gateway.Server server) {
        return server.port().protocol().isTcp() && !endsTls(server);
    }

    private static boolean endsTls(Gateway.Server server) {
        ServerTls tls = server.tls();
        return tls != null && tls.mode() != null && tls.mode() != ServerTls.Mode.PASSTHROUGH;
    }

    private void plainHttp(Chains chains, List<Served> servers) {
        int port = servers.get(0).server().port().number();
        String name = "http." + port;
        configurations.add(routes.of(name, port, servers));
        chains.plain(List.of(), List.of(http.edge("gateway_" + name, name, policies.http(ports(servers)))));
    }

    private void plainTcp(Chains chains, Served served) {
        for (TcpRules.TcpRouted route : tcpRoutes(served)) {
            chains.plain(route.subnets(), bytes(served, route.shares()));
        }
    }

    private void tls(Chains chains, Served served) {
        Gateway.Server server = served.server();
        if (!endsTls(server)) {
            passthrough(chains, served);
            return;
        }
        ServerTls tls = server.tls();
        if (tls != null && tls.mode() == ServerTls.Mode.AUTO_PASSTHROUGH) {
            autoPassthrough(chains, served);
            return;
        }
        boolean speaksHttp = server.port().protocol() == Protocol.HTTPS;
        Optional<TransportSocket> socket =
                tls == null ? Optional.empty() : ServerTlsContexts.gateway(tls, state.settings().trustDomain(), speaksHttp, proxy.exchangesMetadata());
        if (socket.isEmpty()) {
            log.warn("{} server {}: no certificate is named for its TLS mode; it is left out", served.gateway().key(), server.port());
            return;
        }
        if (tls.credentialName() != null) {
            credentials.add(tls.credentialName());
        }
        List<String> sniHosts = new GatewayRules(state, served.gateway(), server).serverHosts();
        if (speaksHttp) {
            int port = server.port().number();
            String name = "https." + port + "." + server.port().name() + "." + served.gateway().name() + "."
                    + served.gateway().namespace();
            if (chains.tls(sniHosts, List.of(), socket.get(), List.of(http.edge("gateway_https_" + port, name, policies.http(ports(List.of(served))))))) {
                configurations.add(routes.of(name, port, List.of(served)));
            }
        } else {
            for (TcpRules.TcpRouted route : tcpRoutes(served)) {
                List<Filter> filters = bytes(served, route.shares());
                if (proxy.exchangesMetadata() && tls.mode() == ServerTls.Mode.ISTIO_MUTUAL) {
                    filters.add(0, MetadataExchange.downstream());
                }
                chains.tls(sniHosts, route.subnets(), socket.get(), filters);
            }
        }
    }

    /** To whom a sidecar has meant it, by the name it has sent, under the sidecar's own TLS: how one network reaches another. */
    private void autoPassthrough(Chains chains, Served served) {
        List<String> hosts = new GatewayRules(state, served.gateway(), served.server()).serverHosts();
        for (MeshService service : services.services()) {
            boolean admitted = !service.external() && hosts.stream().anyMatch(host -> HostNames.covers(host, service.hostname()));
            if (!admitted) {
                continue;
            }
            for (SniCluster made : SniClusters.of(state, service, traffic.of(service))) {
                String name = made.cluster().getName();
                List<Filter> filters = new ArrayList<>(TcpFilters.policies(policies.tcp(ports(List.of(served)))));
                filters.add(bytes.toCluster(name, null));
                if (chains.tls(List.of(name), List.of(), null, filters)) {
                    clusters.add(made);
                }
            }
        }
    }

    private void passthrough(Chains chains, Served served) {
        TcpRules tcp = new TcpRules(scope(served));
        for (GatewayRules.Bound bound : new GatewayRules(state, served.gateway(), served.server()).bound(proxy.namespace())) {
            for (TcpRules.SniRoute route : tcp.tls(bound.rules())) {
                chains.tls(route.sniHosts(), route.subnets(), null, bytes(served, route.shares()));
            }
        }
    }

    private List<TcpRules.TcpRouted> tcpRoutes(Served served) {
        TcpRules tcp = new TcpRules(scope(served));
        return new GatewayRules(state, served.gateway(), served.server())
                .bound(proxy.namespace()).stream().flatMap(bound -> tcp.tcp(bound.rules()).stream()).toList();
    }

    private List<Filter> bytes(Served served, List<TcpRules.Share> shares) {
        List<Filter> filters =
                new ArrayList<>(TcpFilters.policies(policies.tcp(ports(List.of(served)))));
        filters.add(bytes.toShares(shares, traffic, services));
        return filters;
    }

    /** What a policy may call the port of these servers: as their Gateways number it, or as it is bound. */
    private Set<Integer> ports(List<Served> servers) {
        Set<Integer> ports = new HashSet<>();
        for (Served served : servers) {
            int number = served.server().port().number();
            ports.add(number);
            ports.add(proxy.gatewayPorts().getOrDefault(number, number));
        }
        return ports;
    }

    private RouteScope scope(Served served) {
        return new RouteScope(
                served.gateway().namespace() + "/" + served.gateway().name(),
                served.server().port().number(),
                proxy.labels(),
                services,
                state.settings().clusterDomain());
    }

    /** The chains of one listener. */
    private static final class Chains {

        private final ByteChains matches = new ByteChains();
        private final List<FilterChain> tls = new ArrayList<>();
        private final List<Plain> plain = new ArrayList<>();

        private record Plain(List<String> subnets, List<Filter> filters) {}

        /** Of several plain servers for the same destinations the first has the port. */
        void plain(List<String> subnets, List<Filter> filters) {
            plain.add(new Plain(subnets, filters));
        }

        /** Says whether any of the names was still free. */
        boolean tls(List<String> sniHosts, List<String> subnets, @Nullable TransportSocket socket, List<Filter> filters) {
            List<FilterChainMatch> free = matches.tls(sniHosts, subnets);
            for (FilterChainMatch match : free) {
                FilterChain.Builder chain = FilterChain.newBuilder().setFilterChainMatch(match).addAllFilters(filters);
                if (socket != null) {
                    chain.setTransportSocket(socket);
                }
                tls.add(chain.build());
            }
            return !free.isEmpty();
        }

        boolean hasTls() {
            return !tls.isEmpty();
        }

        List<FilterChain> build() {
            List<FilterChain> all = new ArrayList<>(tls);
            for (Plain each : plain) {
                matches.plain(each.subnets(), hasTls())
                        .ifPresent(match -> all.add(FilterChain.newBuilder()
                                .setFilterChainMatch(match)
                                .addAllFilters(each.filters())
                                .build()));
            }
            return all;
        }
    }
}
