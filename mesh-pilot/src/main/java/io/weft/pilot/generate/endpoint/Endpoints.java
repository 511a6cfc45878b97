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
import java.util.TreeMap;

/** The endpoints of a cluster that are in rotation, by locality. */
public final class Endpoints {

    private Endpoints() {}

    /** @param subset empty: the whole service */
    public static ClusterLoadAssignment of(
            MeshState state, MeshService service, MeshService.Port port, TrafficRule rule, String subset, String cluster) {
        Map<String, String> selector = rule.subset(subset).map(found -> found.labels()).orElse(Map.of());
        Map<String, List<MeshEndpoint>> byLocality = new TreeMap<>();
        for (MeshEndpoint endpoint : state.endpoints(service.key(), port.number())) {
            if (endpoint.inRotation() && canBeSent(service, endpoint) && Labels.match(selector, endpoint.labels())) {
                byLocality.computeIfAbsent(endpoint.locality(), l -> new ArrayList<>()).add(endpoint);
            }
        }
        ClusterLoadAssignment.Builder assignment = ClusterLoadAssignment.newBuilder().setClusterName(cluster);
        byLocality.forEach((locality, endpoints) -> assignment.addEndpoints(group(locality, endpoints)));
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

    private static LocalityLbEndpoints group(String locality, List<MeshEndpoint> endpoints) {
        LocalityLbEndpoints.Builder group = LocalityLbEndpoints.newBuilder();
        if (!locality.isEmpty()) {
            group.setLocality(locality(locality));
        }
        int weight = 0;
        List<MeshEndpoint> sorted = new ArrayList<>(endpoints);
        // A stable order: the same endpoints are the same bytes, and are not sent again.
        sorted.sort(Comparator.comparing(MeshEndpoint::address).thenComparingInt(MeshEndpoint::port));
        for (MeshEndpoint endpoint : sorted) {
            group.addLbEndpoints(endpoint(endpoint));
            weight += Math.max(1, endpoint.weight());
        }
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
