package io.weft.pilot.generate.listener;

import io.weft.pilot.model.PeerAuthentication;
import io.weft.pilot.model.PeerAuthentication.Mode;
import io.weft.pilot.routing.Labels;
import io.weft.pilot.state.MeshState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which mTLS mode holds for a workload's port: port over workload over namespace over mesh; UNSET inherits; nothing said is PERMISSIVE. Of several at one
 * level the oldest wins. A policy with a selector acts in its own namespace only, also in the root namespace.
 */
public final class MtlsModes {

    private final @Nullable PeerAuthentication workload;
    private final Mode otherwise;

    private MtlsModes(@Nullable PeerAuthentication workload, Mode otherwise) {
        this.workload = workload;
        this.otherwise = otherwise;
    }

    public static MtlsModes of(MeshState state, String namespace, Map<String, String> labels) {
        List<PeerAuthentication> own = state.all(PeerAuthentication.class, namespace);
        Mode mesh = wide(state.all(PeerAuthentication.class, state.settings().rootNamespace())).orElse(Mode.PERMISSIVE);
        Mode wide = wide(own).orElse(mesh);
        PeerAuthentication workload = own.stream()
                .filter(policy -> hasSelector(policy) && Labels.match(policy.selector(), labels))
                .findFirst()
                .orElse(null);
        Mode base = workload == null ? wide : set(workload.mtls()).orElse(wide);
        return new MtlsModes(workload, base);
    }

    /** @param port workload (container) port */
    public Mode port(int port) {
        if (workload == null) {
            return otherwise;
        }
        return set(workload.portLevelMtls().get(port)).orElse(otherwise);
    }

    private static Optional<Mode> wide(List<PeerAuthentication> policies) {
        return policies.stream()
                .filter(policy -> !hasSelector(policy))
                .findFirst()
                .flatMap(policy -> set(policy.mtls()));
    }

    private static boolean hasSelector(PeerAuthentication policy) {
        return policy.selector() != null && !policy.selector().isEmpty();
    }

    private static Optional<Mode> set(@Nullable Mode mode) {
        return mode == null || mode == Mode.UNSET ? Optional.empty() : Optional.of(mode);
    }
}
