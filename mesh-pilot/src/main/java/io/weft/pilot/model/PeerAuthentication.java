package io.weft.pilot.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether inbound connections must be mutual TLS.
 *
 * @param selector labels in its namespace; null is namespace-wide, and mesh-wide in the root namespace
 * @param mtls null or UNSET inherits
 * @param portLevelMtls workload (container) port → mode
 */
public record PeerAuthentication(
        ObjectMeta meta, @Nullable Map<String, String> selector, @Nullable Mode mtls, Map<Integer, Mode> portLevelMtls)
        implements ConfigObject {

    public PeerAuthentication {
        selector = selector == null ? null : Copies.ordered(selector);
        portLevelMtls = Copies.ordered(portLevelMtls);
    }

    @Override
    public PeerAuthentication withMeta(ObjectMeta newMeta) {
        return new PeerAuthentication(newMeta, selector, mtls, portLevelMtls);
    }

    public enum Mode {
        UNSET,
        DISABLE,
        PERMISSIVE,
        STRICT
    }
}
