package io.weft.pilot.generate;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.weft.pilot.generate.cluster.OutboundClusters;
import io.weft.pilot.generate.endpoint.Endpoints;
import io.weft.pilot.generate.endpoint.Viewpoint;
import io.weft.pilot.model.DestinationRule;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.registry.MeshEndpoint;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.routing.Target;
import io.weft.pilot.routing.TrafficRule;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Clusters and endpoints of services. What a service needs is made again only when the service, its rule or its endpoints changed since the state before:
 * most changes of a mesh touch a few services, and making protobuf messages of the others is most of what a change would cost. Thread-safe.
 */
final class ServiceResources {

    private final MeshState state;
    private final Map<Input, Made> earlier;
    private final ConcurrentMap<Input, Made> made = new ConcurrentHashMap<>();

    /** @param before those of the state before, or null */
    ServiceResources(MeshState state, @Nullable ServiceResources before) {
        this.state = state;
        this.earlier = before == null ? Map.of() : before.made;
    }

    /** Everything the resources are made from, beside settings that hold for the process. */
    private record Input(
            MeshService service, TrafficRule rule, List<List<MeshEndpoint>> endpoints, Viewpoint client, boolean exchanging) {}

    record Made(List<GeneratedResource> clusters, List<GeneratedResource> endpoints) {}

    /** @param exchanges the client can tell the service's proxies who it is on connections of bytes */
    Made of(MeshService service, TrafficRule rule, Viewpoint viewpoint, boolean exchanges) {
        Viewpoint client = viewpoint.under(rule);
        boolean exchanging = exchanges && service.ports().stream().anyMatch(port -> OutboundClusters.bytes(port.protocol()));
        List<List<MeshEndpoint>> endpoints = service.ports().stream()
                .map(port -> state.endpoints(service.key(), port.number()))
                .toList();
        return made.computeIfAbsent(new Input(service, rule, endpoints, client, exchanging), input -> {
            Made unchanged = earlier.get(input);
            return unchanged == null ? make(service, rule, client, exchanging) : unchanged;
        });
    }

    private Made make(MeshService service, TrafficRule rule, Viewpoint client, boolean exchanging) {
        List<GeneratedResource> clusters = new ArrayList<>();
        for (Cluster cluster : new OutboundClusters(state, client, exchanging).of(service, rule)) {
            clusters.add(GeneratedResource.of(cluster.getName(), cluster));
        }
        List<GeneratedResource> endpoints = new ArrayList<>();
        if (service.resolution() == MeshService.Resolution.STATIC) {
            for (MeshService.Port port : service.ports()) {
                if (port.protocol() == Protocol.UDP) {
                    continue;
                }
                endpoints.add(endpoints(service, port, rule, "", client));
                for (DestinationRule.Subset subset : rule.subsets()) {
                    endpoints.add(endpoints(service, port, rule, subset.name(), client));
                }
            }
        }
        return new Made(List.copyOf(clusters), List.copyOf(endpoints));
    }

    private GeneratedResource endpoints(
            MeshService service, MeshService.Port port, TrafficRule rule, String subset, Viewpoint client) {
        String cluster = new Target(service.hostname(), subset, port.number()).cluster();
        return GeneratedResource.of(cluster, Endpoints.of(state, service, port, rule, subset, cluster, client));
    }
}
