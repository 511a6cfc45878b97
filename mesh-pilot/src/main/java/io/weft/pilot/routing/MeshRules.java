package io.weft.pilot.routing;

import io.weft.pilot.model.VirtualService;
import io.weft.pilot.state.MeshState;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which VirtualService rules a host inside the mesh. */
public final class MeshRules {

    private final List<VirtualService> visible;
    private final String clusterDomain;

    private MeshRules(List<VirtualService> visible, String clusterDomain) {
        this.visible = visible;
        this.clusterDomain = clusterDomain;
    }

    public static MeshRules of(MeshState state, String namespace) {
        return new MeshRules(visible(state, namespace), state.settings().clusterDomain());
    }

    /** Oldest first: those for {@code mesh} that are exported to the namespace. */
    static List<VirtualService> visible(MeshState state, String namespace) {
        return state.all(VirtualService.class).stream()
                .filter(MeshRules::isForMesh)
                .filter(rules -> ExportTo.visible(rules.exportTo(), rules.namespace(), namespace))
                .toList();
    }

    /** Also a rule whose {@code match.gateways} names the mesh although the object's own gateways do not. */
    private static boolean isForMesh(VirtualService rules) {
        if (rules.hosts().isEmpty()) {
            return false;
        }
        return rules.gateways().isEmpty()
                || rules.gateways().contains(RouteScope.MESH)
                || rules.http().stream()
                        .flatMap(rule -> rule.match().stream())
                        .anyMatch(match -> match.gateways().contains(RouteScope.MESH));
    }

    /** The rules of a host: the most specific host wins, then the oldest object; they are not merged. */
    public Optional<VirtualService> of(String host) {
        return visible.stream()
                .filter(rules -> bestHost(rules, host) >= 0)
                .max(Comparator.<VirtualService>comparingInt(rules -> bestHost(rules, host))
                        // max() takes the last of equals; the oldest is the first.
                        .thenComparing(visible::indexOf, Comparator.reverseOrder()));
    }

    /** Hosts that have rules but may have no service, with their rules; full names. */
    public List<Ruled> all() {
        return visible.stream()
                .flatMap(rules -> rules.hosts().stream()
                        .map(host -> new Ruled(HostNames.resolve(host, rules.namespace(), clusterDomain), rules)))
                .toList();
    }

    /** A host and its rules. */
    public record Ruled(String host, VirtualService rules) {}

    private int bestHost(VirtualService rules, String host) {
        return rules.hosts().stream()
                .map(name -> HostNames.resolve(name, rules.namespace(), clusterDomain))
                .filter(name -> HostNames.covers(name, host))
                .mapToInt(HostNames::specificity)
                .max()
                .orElse(-1);
    }
}
