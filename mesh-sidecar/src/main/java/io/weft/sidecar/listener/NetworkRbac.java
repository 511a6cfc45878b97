package io.weft.sidecar.listener;

import io.weft.sidecar.layer.rbac.RbacRules;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.resource.NetworkRbacResource;
import io.weft.sidecar.resource.RbacResource;
import io.weft.sidecar.tls.PeerIdentity;
import org.jspecify.annotations.Nullable;

/** {@code envoy.filters.network.rbac} on a connection that speaks no HTTP: what asks for HTTP never matches. Shadow rules are only counted. */
final class NetworkRbac {
    private final @Nullable RbacRules rules;
    private final @Nullable RbacRules shadow;
    private final Counter denied;
    private final Counter shadowDenied;

    NetworkRbac(NetworkRbacResource resource, EngineMetrics metrics) {
        this.rules = compiled(resource.rbac().rules());
        this.shadow = compiled(resource.rbac().shadowRules());
        this.denied = metrics.counter(MetricKey.of("envoy_tcp_rbac_denied"));
        this.shadowDenied = metrics.counter(MetricKey.of("envoy_tcp_rbac_shadow_denied"));
    }

    private static @Nullable RbacRules compiled(RbacResource.@Nullable Rules rules) {
        return rules == null ? null : new RbacRules(rules);
    }

    boolean allows(Arrival arrival, @Nullable PeerIdentity peer) {
        ConnectionContext connection = new ConnectionContext(arrival, peer);
        if (shadow != null && !shadow.allows(connection)) {
            shadowDenied.increment();
        }
        if (rules == null || rules.allows(connection)) {
            return true;
        }
        denied.increment();
        return false;
    }
}
