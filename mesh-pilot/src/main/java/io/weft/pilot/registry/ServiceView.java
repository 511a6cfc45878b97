package io.weft.pilot.registry;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All services with their endpoints, selectors resolved. */
public final class ServiceView {

    public static final ServiceView EMPTY = new ServiceView(List.of(), Map.of());

    private final List<MeshService> services;
    private final Map<ServiceKey, MeshService> byKey;
    private final Map<ServiceKey, Map<Integer, List<MeshEndpoint>>> endpoints;

    /** @param services oldest first @param endpoints service → service port → endpoints */
    public ServiceView(
            List<MeshService> services, Map<ServiceKey, Map<Integer, List<MeshEndpoint>>> endpoints) {
        this.services = List.copyOf(services);
        Map<ServiceKey, MeshService> index = new LinkedHashMap<>();
        this.services.forEach(service -> index.putIfAbsent(service.key(), service));
        this.byKey = Collections.unmodifiableMap(index);
        this.endpoints = Map.copyOf(endpoints);
    }

    /** Oldest first, then by name and namespace. */
    public List<MeshService> services() {
        return services;
    }

    public Optional<MeshService> service(String hostname, String namespace) {
        return Optional.ofNullable(byKey.get(new ServiceKey(hostname, namespace)));
    }

    /** Every endpoint of a service's port, also those that are not in rotation. */
    public List<MeshEndpoint> endpoints(ServiceKey service, int port) {
        return endpoints.getOrDefault(service, Map.of()).getOrDefault(port, List.of());
    }
}
