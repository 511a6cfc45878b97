package io.weft.pilot.routing;

import io.weft.pilot.model.VirtualService;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.state.MeshState;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The services a workload sees, each host name once: of several with one name that of the workload's own namespace, else the oldest.
 */
public final class ServiceScope {

    private final String namespace;
    private final Map<String, MeshService> byHost;
    /** Longest first. */
    private final List<MeshService> wildcards;

    private ServiceScope(String namespace, Map<String, MeshService> byHost) {
        this.namespace = namespace;
        this.byHost = byHost;
        this.wildcards = byHost.values().stream()
                .filter(service -> HostNames.isWildcard(service.hostname()))
                .sorted(Comparator.<MeshService>comparingInt(service -> service.hostname().length()).reversed())
                .toList();
    }

    /** Everything exported to a namespace. */
    public static ServiceScope all(MeshState state, String namespace) {
        return select(state, namespace, service -> true);
    }

    /**
     * What of it a Sidecar's egress hosts name, and the destinations of the VirtualServices they name.
     */
    public static ServiceScope imported(MeshState state, String namespace, EgressHosts hosts) {
        ServiceScope all = all(state, namespace);
        Map<String, MeshService> kept = new LinkedHashMap<>();
        select(state, namespace, service -> hosts.contains(service.namespace(), service.hostname()))
                .services()
                .forEach(service -> kept.put(service.hostname(), service));
        for (VirtualService rules : MeshRules.visible(state, namespace)) {
            if (MeshRules.imports(hosts, rules, state.settings().clusterDomain())) {
                Destinations.of(rules).forEach(destination -> all.find(HostNames.resolve(
                                destination.host(), rules.namespace(), state.settings().clusterDomain()))
                        .ifPresent(service -> kept.putIfAbsent(service.hostname(), service)));
            }
        }
        return new ServiceScope(namespace, kept);
    }

    private static ServiceScope select(MeshState state, String namespace, Predicate<MeshService> chosen) {
        Map<String, MeshService> byHost = new LinkedHashMap<>();
        for (MeshService service : state.services()) {
            if (!service.visibleTo(namespace) || !chosen.test(service)) {
                continue;
            }
            MeshService known = byHost.get(service.hostname());
            boolean nearer = known != null && service.namespace().equals(namespace) && !known.namespace().equals(namespace);
            if (known == null || nearer) {
                byHost.put(service.hostname(), service);
            }
        }
        return new ServiceScope(namespace, byHost);
    }

    /** The namespace whose view this is. */
    public String namespace() {
        return namespace;
    }

    public Collection<MeshService> services() {
        return byHost.values();
    }

    /** The service with this very name, else the one with the longest wildcard over it. */
    public Optional<MeshService> find(String host) {
        MeshService exact = byHost.get(host);
        if (exact != null) {
            return Optional.of(exact);
        }
        return wildcards.stream()
                .filter(service -> HostNames.covers(service.hostname(), host))
                .findFirst();
    }

    /** Both together; this one wins where they differ. */
    public ServiceScope plus(ServiceScope other) {
        Map<String, MeshService> union = new LinkedHashMap<>(byHost);
        other.byHost.forEach(union::putIfAbsent);
        return new ServiceScope(namespace, union);
    }

    /** Whether it has a service that this host, perhaps with a wildcard, stands for. */
    public boolean knows(String host) {
        return find(host).isPresent()
                || HostNames.isWildcard(host) && byHost.keySet().stream().anyMatch(own -> HostNames.covers(host, own));
    }
}
