package io.weft.pilot.routing;

import io.weft.pilot.model.Destination;
import io.weft.pilot.model.Sidecar;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the Sidecar object that holds for a workload says: the most specific of one with a selector in its namespace, one without there, and one without in
 * the root namespace.
 */
public final class SidecarScope {

    private final @Nullable Sidecar sidecar;
    private final ServiceScope catchAll;
    private final MeshRules rules;
    private final List<Listener> listeners;
    private final UnknownTraffic unknown;

    private SidecarScope(
            @Nullable Sidecar sidecar, ServiceScope catchAll, MeshRules rules, List<Listener> listeners, UnknownTraffic unknown) {
        this.sidecar = sidecar;
        this.catchAll = catchAll;
        this.rules = rules;
        this.listeners = List.copyOf(listeners);
        this.unknown = unknown;
    }

    /** An egress listener with a port of its own, and what it sees. */
    public record Listener(Sidecar.Egress egress, Sidecar.Port port, ServiceScope services, MeshRules rules) {}

    /** A gateway's: Sidecar objects are about sidecars, also those that hold for a whole namespace or the mesh. */
    public static SidecarScope unlimited(MeshState state, String namespace) {
        return everything(null, state, namespace, unknown(null, state));
    }

    private static SidecarScope everything(
            @Nullable Sidecar sidecar, MeshState state, String namespace, UnknownTraffic unknown) {
        return new SidecarScope(
                sidecar,
                ServiceScope.all(state, namespace),
                MeshRules.of(state, namespace, EgressHosts.ALL),
                List.of(),
                unknown);
    }

    public static SidecarScope of(MeshState state, String namespace, Map<String, String> labels) {
        Sidecar sidecar = choose(state, namespace, labels).orElse(null);
        UnknownTraffic unknown = unknown(sidecar, state);
        if (sidecar == null || sidecar.egress().isEmpty()) {
            return everything(sidecar, state, namespace, unknown);
        }
        ServiceScope union = null;
        ServiceScope catchAll = null;
        List<String> unionHosts = new ArrayList<>();
        List<String> catchAllHosts = new ArrayList<>();
        List<Listener> listeners = new ArrayList<>();
        for (Sidecar.Egress egress : sidecar.egress()) {
            EgressHosts hosts = EgressHosts.of(egress.hosts(), namespace);
            ServiceScope seen = ServiceScope.imported(state, namespace, hosts);
            unionHosts.addAll(egress.hosts());
            union = union == null ? seen : union.plus(seen);
            Sidecar.Port port = egress.port();
            if (port == null) {
                catchAll = catchAll == null ? seen : catchAll.plus(seen);
                catchAllHosts.addAll(egress.hosts());
            } else {
                listeners.add(new Listener(egress, port, seen, MeshRules.of(state, namespace, hosts)));
            }
        }
        ServiceScope forProxyPort = catchAll != null ? catchAll : union;
        if (forProxyPort == null) {
            throw new IllegalStateException("an egress list that is not empty has a scope");
        }
        EgressHosts hosts = EgressHosts.of(catchAll != null ? catchAllHosts : unionHosts, namespace);
        return new SidecarScope(sidecar, forProxyPort, MeshRules.of(state, namespace, hosts), listeners, unknown);
    }

    private static UnknownTraffic unknown(@Nullable Sidecar sidecar, MeshState state) {
        Sidecar.OutboundTrafficPolicy policy = sidecar == null ? null : sidecar.outboundTrafficPolicy();
        if (policy == null) {
            return new UnknownTraffic(state.settings().outboundTrafficPolicy(), null);
        }
        Destination proxy = policy.egressProxy();
        if (proxy == null || proxy.port() == null) {
            return new UnknownTraffic(policy.mode(), null);
        }
        String host = HostNames.resolve(proxy.host(), sidecar.namespace(), state.settings().clusterDomain());
        return new UnknownTraffic(policy.mode(), new Target(host, proxy.subset() == null ? "" : proxy.subset(), proxy.port()));
    }

    private static Optional<Sidecar> choose(MeshState state, String namespace, Map<String, String> labels) {
        List<Sidecar> own = state.all(Sidecar.class, namespace);
        return own.stream()
                .filter(sidecar -> hasSelector(sidecar) && Labels.match(sidecar.workloadSelector(), labels))
                .findFirst()
                .or(() -> own.stream().filter(sidecar -> !hasSelector(sidecar)).findFirst())
                .or(() -> state.all(Sidecar.class, state.settings().rootNamespace()).stream()
                        .filter(sidecar -> !hasSelector(sidecar))
                        .findFirst());
    }

    private static boolean hasSelector(Sidecar sidecar) {
        return sidecar.workloadSelector() != null && !sidecar.workloadSelector().isEmpty();
    }

    /** The object; null when none holds. */
    public @Nullable Sidecar sidecar() {
        return sidecar;
    }

    /** What the proxy port sees: the egress without a port, else everything that some egress names. */
    public ServiceScope catchAll() {
        return catchAll;
    }

    /** The rules that hold at the proxy port. */
    public MeshRules rules() {
        return rules;
    }

    public List<Listener> listeners() {
        return listeners;
    }

    public UnknownTraffic unknown() {
        return unknown;
    }

    /** Everything that any listener may send to. */
    public ServiceScope everything() {
        ServiceScope all = catchAll;
        for (Listener listener : listeners) {
            all = all.plus(listener.services());
        }
        return all;
    }
}
