package io.weft.pilot.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes v1 Service. On one machine its selector chooses among WorkloadEntries.
 *
 * @param selector null or empty selects nothing
 * @param clusterIps virtual addresses, without {@code None}
 * @param headless {@code clusterIP: None}
 * @param externalName a DNS name instead of endpoints
 */
public record Service(
        ObjectMeta meta,
        List<Port> ports,
        Map<String, String> selector,
        List<String> clusterIps,
        boolean headless,
        @Nullable String externalName)
        implements ConfigObject {

    public Service {
        ports = List.copyOf(ports);
        selector = Copies.ordered(selector);
        clusterIps = List.copyOf(clusterIps);
    }

    @Override
    public Service withMeta(ObjectMeta newMeta) {
        return new Service(newMeta, ports, selector, clusterIps, headless, externalName);
    }

    /**
     * @param name null when there is but one port
     * @param targetPort container port; null with {@code targetPortName}, or when it is the same as {@code port}
     * @param targetPortName a workload's port by its name
     * @param transport {@code TCP} or {@code UDP}
     */
    public record Port(
            @Nullable String name,
            int port,
            @Nullable Integer targetPort,
            @Nullable String targetPortName,
            String transport,
            @Nullable String appProtocol) {}
}
