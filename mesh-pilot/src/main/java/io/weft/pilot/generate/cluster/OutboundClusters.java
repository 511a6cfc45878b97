package io.weft.pilot.generate.cluster;

import static io.weft.pilot.generate.proto.Proto.any;
import static io.weft.pilot.generate.proto.Proto.duration;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig;
import io.weft.pilot.generate.endpoint.Endpoints;
import io.weft.pilot.generate.endpoint.Viewpoint;
import io.weft.pilot.generate.proto.MetadataExchange;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.model.ClientTls;
import io.weft.pilot.model.DestinationRule;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.routing.EffectivePolicy;
import io.weft.pilot.routing.Target;
import io.weft.pilot.routing.TrafficRule;
import io.weft.pilot.state.MeshState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One cluster for each port of a service, and one for each port and subset. */
public final class OutboundClusters {

    public static final String BLACK_HOLE = "BlackHoleCluster";
    public static final String PASSTHROUGH = "PassthroughCluster";

    private static final String DNS_CACHE = "weft_dns_cache";

    private final MeshState state;
    private final Viewpoint client;
    private final boolean exchanging;

    /**
     * @param client     from where endpoints that stand in the cluster itself are seen
     * @param exchanging the client can say who it is on connections of bytes
     */
    public OutboundClusters(MeshState state, Viewpoint client, boolean exchanging) {
        this.state = state;
        this.client = client;
        this.exchanging = exchanging;
    }

    /** Whether what goes to such a port is no request, for a proxy. */
    public static boolean bytes(Protocol protocol) {
        return !protocol.isHttp() && protocol != Protocol.UNKNOWN;
    }

    /** All clusters of a service, by the rule that holds for it. */
    public List<Cluster> of(MeshService service, TrafficRule rule) {
        List<Cluster> clusters = new ArrayList<>();
        for (MeshService.Port port : service.ports()) {
            if (port.protocol() == Protocol.UDP) {
                continue;
            }
            clusters.add(cluster(service, port, rule, ""));
            for (DestinationRule.Subset subset : rule.subsets()) {
                clusters.add(cluster(service, port, rule, subset.name()));
            }
        }
        return clusters;
    }

    /** The server name that sidecars send to a service. */
    static String sni(MeshService service, MeshService.Port port, String subset) {
        return "outbound_." + port.number() + "_." + subset + "_." + service.hostname();
    }

    /** Sends nothing anywhere. */
    public static Cluster blackHole() {
        return Cluster.newBuilder()
                .setName(BLACK_HOLE)
                .setType(Cluster.DiscoveryType.STATIC)
                .setConnectTimeout(duration(Duration.ofSeconds(10)))
                .setLoadAssignment(ClusterLoadAssignment.newBuilder().setClusterName(BLACK_HOLE))
                .build();
    }

    /** To the request's own host: without capture there is no original destination. */
    public static Cluster passthrough() {
        Cluster.Builder cluster = Cluster.newBuilder().setName(PASSTHROUGH);
        dynamicForwardProxy(cluster);
        Traffic.apply(cluster, EffectivePolicy.NONE, false);
        return cluster.build();
    }

    private Cluster cluster(MeshService service, MeshService.Port port, TrafficRule rule, String subset) {
        String name = new Target(service.hostname(), subset, port.number()).cluster();
        EffectivePolicy policy = rule.effective(subset, port.number());
        Cluster.Builder cluster = Cluster.newBuilder().setName(name).setMetadata(ServiceMetadata.of(service));
        discovery(cluster, service, port, rule, subset);
        ClientTls tls = policy.tls();
        Traffic.apply(
                cluster, policy, port.protocol().isHttp2(), tls != null && UpstreamTls.asksByRequest(tls, service.hostname()));
        transport(cluster, service, port, subset, policy.tls());
        return cluster.build();
    }

    /** Those whose endpoints say, each by itself, whether a sidecar is there. */
    private static boolean hasEndpoints(MeshService.Resolution resolution) {
        return switch (resolution) {
            case STATIC, DNS, DNS_ROUND_ROBIN -> true;
            case NONE, DYNAMIC_DNS -> false;
        };
    }

    private void discovery(
            Cluster.Builder cluster, MeshService service, MeshService.Port port, TrafficRule rule, String subset) {
        switch (service.resolution()) {
            case STATIC -> {
                cluster.setType(Cluster.DiscoveryType.EDS);
                cluster.setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder()
                        .setEdsConfig(Proto.ads())
                        .setServiceName(cluster.getName()));
            }
            case DNS, DNS_ROUND_ROBIN -> {
                boolean all = service.resolution() == MeshService.Resolution.DNS;
                cluster.setType(all ? Cluster.DiscoveryType.STRICT_DNS : Cluster.DiscoveryType.LOGICAL_DNS);
                cluster.setDnsLookupFamily(Cluster.DnsLookupFamily.V4_PREFERRED);
                ClusterLoadAssignment endpoints = Endpoints.of(state, service, port, rule, subset, cluster.getName(), client);
                cluster.setLoadAssignment(all ? endpoints : Endpoints.first(endpoints));
            }
            case NONE, DYNAMIC_DNS -> dynamicForwardProxy(cluster);
        }
    }

    private static void dynamicForwardProxy(Cluster.Builder cluster) {
        cluster.setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED);
        cluster.setClusterType(Cluster.CustomClusterType.newBuilder()
                .setName("envoy.clusters.dynamic_forward_proxy")
                .setTypedConfig(any(ClusterConfig.newBuilder()
                        .setDnsCacheConfig(DnsCacheConfig.newBuilder()
                                .setName(DNS_CACHE)
                                .setDnsLookupFamily(Cluster.DnsLookupFamily.V4_PREFERRED))
                        // Without this Envoy insists on a TLS context's automatic SNI and SAN check for every such cluster.
                        .setAllowInsecureClusterOptions(true)
                        .build())));
    }

    private void transport(
            Cluster.Builder cluster, MeshService service, MeshService.Port port, String subset, @org.jspecify.annotations.Nullable ClientTls tls) {
        boolean http2 = port.protocol().isHttp2();
        boolean introduced = exchanging && bytes(port.protocol());
        List<String> alpn = introduced ? UpstreamTls.BYTES : http2 ? UpstreamTls.HTTP2 : UpstreamTls.HTTP1;
        String sni = sni(service, port, subset);
        if (tls == null) {
            if (!service.external() && hasEndpoints(service.resolution())) {
                cluster.addAllTransportSocketMatches(UpstreamTls.automatic(sni, alpn, service.accounts()));
                if (introduced) {
                    cluster.addFilters(MetadataExchange.upstream());
                }
            }
            return;
        }
        switch (tls.mode()) {
            case DISABLE -> cluster.setTransportSocket(UpstreamTls.raw());
            case SIMPLE, MUTUAL -> cluster.setTransportSocket(UpstreamTls.simple(
                    tls, service.hostname(), service.external() ? service.accounts() : Set.of(), http2));
            case ISTIO_MUTUAL -> {
                String own = tls.sni();
                List<String> accounts =
                        tls.subjectAltNames().isEmpty() ? List.copyOf(service.accounts()) : tls.subjectAltNames();
                cluster.setTransportSocket(UpstreamTls.mesh(own == null || own.isEmpty() ? sni : own, alpn, accounts));
                if (introduced) {
                    cluster.addFilters(MetadataExchange.upstream());
                }
            }
        }
    }
}
