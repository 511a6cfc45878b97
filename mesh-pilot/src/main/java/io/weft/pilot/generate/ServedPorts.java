package io.weft.pilot.generate;

import io.weft.pilot.registry.MeshEndpoint;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which service an inbound port serves: looked up, because looking through all endpoints for each of many proxies would be quadratic. Immutable. */
public final class ServedPorts {

    private final Map<Place, List<At>> byPlace = new HashMap<>();

    public ServedPorts(MeshState state) {
        for (MeshService service : state.services()) {
            for (MeshService.Port port : service.ports()) {
                Served served = new Served(service, port);
                for (MeshEndpoint endpoint : state.endpoints(service.key(), port.number())) {
                    if (endpoint.namespace().equals(service.namespace())) {
                        byPlace.computeIfAbsent(new Place(endpoint.namespace(), endpoint.port()), place -> new ArrayList<>())
                                .add(new At(served, endpoint.labels()));
                    }
                }
            }
        }
    }

    /** A service's port that leads here. */
    public record Served(MeshService service, MeshService.Port port) {}

    private record Place(String namespace, int port) {}

    private record At(Served served, Map<String, String> labels) {}

    /** The oldest service of a namespace with an endpoint at this port that has all of these labels. */
    Optional<Served> find(String namespace, int port, Map<String, String> labels) {
        return byPlace.getOrDefault(new Place(namespace, port), List.of()).stream()
                .filter(at -> at.labels().entrySet().containsAll(labels.entrySet()))
                .findFirst()
                .map(At::served);
    }
}
