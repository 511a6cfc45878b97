package io.weft.sidecar.listener;

import io.weft.sidecar.layer.rbac.RbacRules;
import io.weft.sidecar.resource.NetworkRbacResource;
import io.weft.sidecar.tls.PeerIdentity;
import org.jspecify.annotations.Nullable;

/** {@code envoy.filters.network.rbac} on a connection that speaks no HTTP: what asks for HTTP never matches. */
final class NetworkRbac {
    private final @Nullable RbacRules rules;

    NetworkRbac(NetworkRbacResource resource) {
        this.rules = resource.rbac().rules() == null ? null : new RbacRules(resource.rbac().rules());
    }

    boolean allows(Arrival arrival, @Nullable PeerIdentity peer) {
        return rules == null || rules.allows(new ConnectionContext(arrival, peer));
    }
}
