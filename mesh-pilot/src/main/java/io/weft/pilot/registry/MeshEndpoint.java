package io.weft.pilot.registry;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One place where one port of a service is served.
 *
 * @param address IP, or a DNS name under DNS resolution
 * @param port where to connect: with a registered sidecar its inbound port
 * @param servicePort number of the service's port
 * @param labels the workload's; a subset chooses by them
 * @param namespace the workload's
 * @param serviceAccount empty when not known
 * @param spiffeId null when the account is not known
 * @param tlsMode whether a sidecar that speaks the mesh's mTLS stands in front, and takes it
 * @param locality {@code region/zone/subzone}, empty when not known
 * @param weight relative, at least 1
 * @param network empty for the one network
 * @param workload name of the workload (registered: of its group); empty for what is outside the mesh
 */
public record MeshEndpoint(
        String address,
        int port,
        int servicePort,
        Map<String, String> labels,
        String namespace,
        String serviceAccount,
        @Nullable String spiffeId,
        TlsMode tlsMode,
        String locality,
        int weight,
        Health health,
        String network,
        String workload) {

    public MeshEndpoint {
        labels = Map.copyOf(labels);
    }

    /** Whether requests may go there now. */
    public boolean inRotation() {
        return health == Health.HEALTHY;
    }

    public enum TlsMode {
        ISTIO,
        DISABLED
    }

    public enum Health {
        HEALTHY,
        UNHEALTHY,
        /** Its group has a probe and it has not reported yet. */
        UNREPORTED
    }
}
