package io.weft.gateway.role;

import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.Map;

/**
 * What a process of this role binds before it knows its configuration, and how it then introduces itself to the control plane (docs/contracts.md,
 * ADS).
 */
public interface Doors {

    /** Ports to bind, by the name under which they are remembered for the next start; in the order in which they are bound. */
    Map<String, Wanted> wanted();

    /** @param bound the ports that were bound, by the same names */
    Node node(Map<String, Integer> bound);

    /**
     * @param port 0: the one of last time, or a free one
     * @param property what changes it
     */
    record Wanted(int port, String property) {}

    /** Those of the role. */
    static Doors of(GatewaySettings settings) {
        return settings.role() == Role.SIDECAR ? new SidecarDoors(settings.workload()) : new GatewayDoors(settings);
    }
}
