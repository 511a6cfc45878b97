package io.weft.pilot.generate.cluster;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.weft.pilot.generate.endpoint.Endpoints;
import io.weft.pilot.generate.endpoint.Viewpoint;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.model.DestinationRule;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.routing.TrafficRule;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.List;

/**
 * For a gateway that passes mesh TLS on by its server name (AUTO_PASSTHROUGH): a cluster for each name that sidecars send, called by it, and without TLS of its
 * own, because what passes is TLS already.
 */
public final class SniClusters {

    private SniClusters() {}

    /** A cluster and where it leads; both have the server name for a name. */
    public record SniCluster(Cluster cluster, ClusterLoadAssignment endpoints) {}

    /** One for each port of a service, and one for each port and subset. */
    public static List<SniCluster> of(MeshState state, MeshService service, TrafficRule rule) {
        List<SniCluster> clusters = new ArrayList<>();
        if (service.resolution() != MeshService.Resolution.STATIC) {
            return clusters;
        }
        List<String> subsets = new ArrayList<>(List.of(""));
        rule.subsets().stream().map(DestinationRule.Subset::name).forEach(subsets::add);
        for (MeshService.Port port : service.ports()) {
            if (port.protocol() != Protocol.UDP) {
                subsets.forEach(subset -> clusters.add(of(state, service, port, rule, subset)));
            }
        }
        return clusters;
    }

    private static SniCluster of(MeshState state, MeshService service, MeshService.Port port, TrafficRule rule, String subset) {
        String name = OutboundClusters.sni(service, port, subset);
        Cluster.Builder cluster = Cluster.newBuilder()
                .setName(name)
                .setMetadata(ServiceMetadata.of(service))
                .setType(Cluster.DiscoveryType.EDS)
                .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(Proto.ads()).setServiceName(name));
        Traffic.apply(cluster, rule.effective(subset, port.number()), false);
        return new SniCluster(
                cluster.build(), Endpoints.of(state, service, port, rule, subset, name, Viewpoint.ANYWHERE));
    }
}
