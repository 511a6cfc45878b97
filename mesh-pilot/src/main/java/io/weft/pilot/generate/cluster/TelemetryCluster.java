package io.weft.pilot.generate.cluster;

import com.google.common.net.InetAddresses;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.weft.pilot.generate.GeneratedResource;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.Observability;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.routing.EffectivePolicy;
import io.weft.pilot.state.MeshState;
import java.util.List;
import java.util.Optional;

/** Where proxies report: mesh-telemetry, by mesh TLS. */
public final class TelemetryCluster {

    private static final String HOST = Observability.COLLECTOR + ".istio-system.svc.cluster.local";

    /** Whatever the mesh's cluster domain: it is a name between pilot and proxies. */
    public static final String NAME = "outbound|" + Observability.COLLECTOR_PORT + "||" + HOST;

    private TelemetryCluster() {}

    /** Whether this proxy reports to mesh-telemetry: there is one, and the proxy has an identity to show. */
    public static boolean isFor(MeshState state, Proxy proxy) {
        return state.settings().observability().collector() != null && proxy.identity() != null;
    }

    /** Leaves the name free: whoever writes a service of this host must not get what proxies report. */
    public static List<GeneratedResource> spare(MeshState state, MeshService service, List<GeneratedResource> clusters) {
        if (state.settings().observability().collector() == null || !service.hostname().equals(HOST)) {
            return clusters;
        }
        return clusters.stream().filter(cluster -> !cluster.name().equals(NAME)).toList();
    }

    public static Optional<Cluster> of(MeshState state, Proxy proxy) {
        MeshSettings settings = state.settings();
        Observability.Collector collector = settings.observability().collector();
        if (collector == null || proxy.identity() == null) {
            return Optional.empty();
        }
        boolean address = InetAddresses.isInetAddress(collector.host());
        Cluster.Builder cluster = Cluster.newBuilder()
                .setName(NAME)
                .setType(address ? Cluster.DiscoveryType.STATIC : Cluster.DiscoveryType.STRICT_DNS)
                .setLoadAssignment(ClusterLoadAssignment.newBuilder()
                        .setClusterName(NAME)
                        .addEndpoints(LocalityLbEndpoints.newBuilder()
                                .addLbEndpoints(LbEndpoint.newBuilder()
                                        .setEndpoint(Endpoint.newBuilder()
                                                .setAddress(Proto.address(collector.host(), collector.port()))))));
        if (!address) {
            cluster.setDnsLookupFamily(Cluster.DnsLookupFamily.V4_PREFERRED);
        }
        Traffic.apply(cluster, EffectivePolicy.NONE, true);
        String account = settings.spiffeId(settings.rootNamespace(), Observability.COLLECTOR);
        cluster.setTransportSocket(UpstreamTls.mesh(NAME.replace("|", "_."), UpstreamTls.HTTP2, List.of(account)));
        return Optional.of(cluster.build());
    }
}
