package io.weft.pilot.registry;

import io.weft.pilot.model.PeerAuthentication;
import io.weft.pilot.model.PeerAuthentication.Mode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which mTLS mode holds for a workload's port: port over workload over namespace over mesh; UNSET inherits; nothing said is PERMISSIVE. Of several at one
 * level the oldest wins. A policy with a selector acts in its own namespace only, also in the root namespace. Immutable.
 */
public final class MtlsModes {

    private final Map<String, Optional<Mode>> wide = new HashMap<>();
    private final Map<String, List<PeerAuthentication>> selecting = new HashMap<>();
    private final Mode mesh;
    private final boolean everDisabled;

    /** @param policies oldest first */
    public MtlsModes(Collection<PeerAuthentication> policies, String rootNamespace) {
        for (PeerAuthentication policy : policies) {
            if (hasSelector(policy)) {
                selecting.computeIfAbsent(policy.namespace(), namespace -> new ArrayList<>()).add(policy);
            } else {
                wide.putIfAbsent(policy.namespace(), set(policy.mtls()));
            }
        }
        mesh = wide(rootNamespace).orElse(Mode.PERMISSIVE);
        everDisabled = policies.stream().anyMatch(MtlsModes::disables);
    }

    /** Whether there may be a workload that takes no mTLS; false is certain. */
    public boolean everDisabled() {
        return everDisabled;
    }

    /** The modes of the workloads of a namespace that have these labels. */
    public Workload of(String namespace, Map<String, String> labels) {
        Mode above = wide(namespace).orElse(mesh);
        for (PeerAuthentication policy : selecting.getOrDefault(namespace, List.of())) {
            if (labels.entrySet().containsAll(policy.selector().entrySet())) {
                return new Workload(policy.portLevelMtls(), set(policy.mtls()).orElse(above));
            }
        }
        return new Workload(Map.of(), above);
    }

    /** The modes of one workload's ports. */
    public static final class Workload {

        private final Map<Integer, Mode> ports;
        private final Mode otherwise;

        private Workload(Map<Integer, Mode> ports, Mode otherwise) {
            this.ports = ports;
            this.otherwise = otherwise;
        }

        /** @param port workload (container) port */
        public Mode port(int port) {
            return set(ports.get(port)).orElse(otherwise);
        }
    }

    private Optional<Mode> wide(String namespace) {
        return wide.getOrDefault(namespace, Optional.empty());
    }

    private static boolean hasSelector(PeerAuthentication policy) {
        return policy.selector() != null && !policy.selector().isEmpty();
    }

    private static boolean disables(PeerAuthentication policy) {
        return policy.mtls() == Mode.DISABLE || policy.portLevelMtls().containsValue(Mode.DISABLE);
    }

    private static Optional<Mode> set(@Nullable Mode mode) {
        return mode == null || mode == Mode.UNSET ? Optional.empty() : Optional.of(mode);
    }
}
