package io.weft.pilot.generate.endpoint;

import com.google.common.net.InetAddresses;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.registry.MeshEndpoint;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.routing.Labels;
import io.weft.pilot.routing.TrafficRule;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The endpoints of a cluster that are in rotation, by locality. */
public final class Endpoints {

    private Endpoints() {}

    /**
     * The endpoints of one cluster.
     *
     * @param subset empty: the whole service
     * @param client where they are seen from
     */
    public static ClusterLoadAssignment of(
            MeshState state, MeshService service, MeshService.Port port, TrafficRule rule, String subset, String cluster, Viewpoint client) {
        Map<String, String> selector = rule.subset(subset).map(found -> found.labels()).orElse(Map.of());
        List<MeshEndpoint> endpoints = new ArrayList<>();
        for (MeshEndpoint endpoint : state.endpoints(service.key(), port.number())) {
            if (endpoint.inRotation() && canBeSent(service, endpoint) && Labels.match(selector, endpoint.labels())) {
                endpoints.add(endpoint);
            }
        }
        ClusterLoadAssignment.Builder assignment = ClusterLoadAssignment.newBuilder().setClusterName(cluster);
        new Localities(client, rule.effective(subset, port.number()))
                .of(endpoints)
                .forEach(group -> assignment.addEndpoints(group(group)));
        return assignment.build();
    }

    /** Envoy refuses a whole response for one name among EDS addresses: where nobody looks names up, only addresses are endpoints. */
    private static boolean canBeSent(MeshService service, MeshEndpoint endpoint) {
        return service.resolution() == MeshService.Resolution.STATIC
                ? InetAddresses.isInetAddress(endpoint.address())
                : !endpoint.address().isEmpty();
    }

    /** LOGICAL_DNS takes exactly one. */
    public static ClusterLoadAssignment first(ClusterLoadAssignment all) {
        if (all.getEndpointsCount() == 0) {
            return all;
        }
        LocalityLbEndpoints group = all.getEndpoints(0);
        return all.toBuilder()
                .clearEndpoints()
                .addEndpoints(group.toBuilder().clearLbEndpoints().addLbEndpoints(group.getLbEndpoints(0)))
                .build();
    }

    private static LocalityLbEndpoints group(Localities.Group from) {
        LocalityLbEndpoints.Builder group = LocalityLbEndpoints.newBuilder().setPriority(from.priority());
        if (!from.locality().isEmpty()) {
            group.setLocality(locality(from.locality()));
        }
        List<MeshEndpoint> sorted = new ArrayList<>(from.endpoints());
        // A stable order: the same endpoints are the same bytes, and are not sent again.
        sorted.sort(Comparator.comparing(MeshEndpoint::address).thenComparingInt(MeshEndpoint::port));
        sorted.forEach(endpoint -> group.addLbEndpoints(endpoint(endpoint)));
        int weight = from.weight() > 0 ? from.weight() : Localities.weight(sorted);
        return group.setLoadBalancingWeight(Proto.u32(weight)).build();
    }

    private static Locality locality(String path) {
        String[] parts = path.split("/", 3);
        Locality.Builder locality = Locality.newBuilder().setRegion(parts[0]);
        if (parts.length > 1) {
            locality.setZone(parts[1]);
        }
        if (parts.length > 2) {
            locality.setSubZone(parts[2]);
        }
        return locality.build();
    }

    private static LbEndpoint endpoint(MeshEndpoint endpoint) {
        Metadata.Builder metadata = Metadata.newBuilder();
        if (endpoint.tlsMode() == MeshEndpoint.TlsMode.ISTIO) {
            metadata.putFilterMetadata("envoy.transport_socket_match", struct("tlsMode", "istio"));
        }
        WorkloadNames.add(endpoint, metadata);
        return LbEndpoint.newBuilder()
                .setEndpoint(Endpoint.newBuilder().setAddress(Proto.address(endpoint.address(), endpoint.port())))
                .setLoadBalancingWeight(Proto.u32(Math.max(1, endpoint.weight())))
                .setMetadata(metadata)
                .build();
    }

    private static Struct struct(String key, String value) {
        return Struct.newBuilder().putFields(key, Value.newBuilder().setStringValue(value).build()).build();
    }
}
