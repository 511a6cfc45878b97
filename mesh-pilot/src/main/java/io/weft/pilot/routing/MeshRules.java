package io.weft.pilot.routing;

import io.weft.pilot.model.VirtualService;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which VirtualService rules a host inside the mesh. */
public final class MeshRules {

    private final List<Ruled> all = new ArrayList<>();
    private final Map<String, VirtualService> byHost = new HashMap<>();
    /** Most specific first, of equals the oldest. */
    private final List<Ruled> wildcards;

    private MeshRules(List<VirtualService> visible, String clusterDomain) {
        for (VirtualService rules : visible) {
            for (String host : rules.hosts()) {
                Ruled ruled = new Ruled(HostNames.resolve(host, rules.namespace(), clusterDomain), rules);
                all.add(ruled);
                byHost.putIfAbsent(ruled.host(), rules);
            }
        }
        wildcards = all.stream()
                .filter(ruled -> HostNames.isWildcard(ruled.host()))
                .sorted(Comparator.<Ruled>comparingInt(ruled -> HostNames.specificity(ruled.host())).reversed())
                .toList();
    }

    /** @param imported what the workload's Sidecar names: rules of which no host is among it are not for its workload */
    static MeshRules of(MeshState state, String namespace, EgressHosts imported) {
        String clusterDomain = state.settings().clusterDomain();
        return new MeshRules(
                visible(state, namespace).stream()
                        .filter(rules -> imports(imported, rules, clusterDomain))
                        .toList(),
                clusterDomain);
    }

    /** Whether a Sidecar names one of a rule's hosts. */
    static boolean imports(EgressHosts imported, VirtualService rules, String clusterDomain) {
        return rules.hosts().stream()
                .map(host -> HostNames.resolve(host, rules.namespace(), clusterDomain))
                .anyMatch(host -> imported.contains(rules.namespace(), host));
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
        VirtualService exact = byHost.get(host);
        if (exact != null) {
            return Optional.of(exact);
        }
        return wildcards.stream()
                .filter(ruled -> HostNames.covers(ruled.host(), host))
                .findFirst()
                .map(Ruled::rules);
    }

    /** Hosts that have rules but may have no service, with their rules; full names. */
    public List<Ruled> all() {
        return Collections.unmodifiableList(all);
    }

    /** A host and its rules. */
    public record Ruled(String host, VirtualService rules) {}
}
