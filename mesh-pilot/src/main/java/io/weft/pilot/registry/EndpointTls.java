package io.weft.pilot.registry;

import io.weft.pilot.model.PeerAuthentication.Mode;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether a workload is called by the mesh's mTLS: a sidecar stands in front of it, and its PeerAuthentication does not have that sidecar take plaintext only.
 * Workloads with the same labels are looked at once. For one thread.
 */
public final class EndpointTls {

    private final MtlsModes modes;
    private final Map<Labelled, MtlsModes.Workload> seen = new HashMap<>();

    public EndpointTls(MtlsModes modes) {
        this.modes = modes;
    }

    private record Labelled(String namespace, Map<String, String> labels) {}

    /** @param port the workload's own (container) port, not its sidecar's */
    public MeshEndpoint.TlsMode of(String namespace, Map<String, String> labels, int port) {
        if (!"istio".equals(labels.get(WorkloadRegistry.TLS_MODE_LABEL))) {
            return MeshEndpoint.TlsMode.DISABLED;
        }
        if (!modes.everDisabled()) {
            return MeshEndpoint.TlsMode.ISTIO;
        }
        Mode mode = seen.computeIfAbsent(new Labelled(namespace, labels), workload -> modes.of(namespace, labels)).port(port);
        return mode == Mode.DISABLE ? MeshEndpoint.TlsMode.DISABLED : MeshEndpoint.TlsMode.ISTIO;
    }
}
