package io.weft.sidecar.layer.rbac;

import io.weft.sidecar.layer.Layer;
import io.weft.sidecar.layer.LayerContext;
import io.weft.sidecar.layer.ResponseFlag;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.resource.RbacResource;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what. Stands before everything that acts for the request, so that what is denied reaches nobody. Shadow rules are only counted: they
 * never decide.
 */
public final class RbacLayer implements Layer {
    private final @Nullable RbacRules rules;
    private final @Nullable RbacRules shadow;
    private final Counter denied;
    private final Counter shadowDenied;

    private RbacLayer(@Nullable RbacRules rules, @Nullable RbacRules shadow, EngineMetrics metrics) {
        this.rules = rules;
        this.shadow = shadow;
        this.denied = metrics.counter(MetricKey.of("envoy_http_rbac_denied"));
        this.shadowDenied = metrics.counter(MetricKey.of("envoy_http_rbac_shadow_denied"));
    }

    /** Null: nothing to enforce and nothing to count. */
    public static @Nullable RbacLayer of(RbacResource resource, EngineMetrics metrics) {
        return resource.rules() == null && resource.shadowRules() == null
                ? null
                : new RbacLayer(compiled(resource.rules()), compiled(resource.shadowRules()), metrics);
    }

    private static @Nullable RbacRules compiled(RbacResource.@Nullable Rules rules) {
        return rules == null ? null : new RbacRules(rules);
    }

    @Override
    public Outcome onRequest(LayerContext context) {
        RbacRules tried = shadow;
        if (tried != null && !tried.allows(context)) {
            shadowDenied.increment();
        }
        RbacRules enforced = rules;
        if (enforced == null || enforced.allows(context)) {
            return Outcome.CONTINUE;
        }
        denied.increment();
        context.answer(403, "RBAC: access denied", ResponseFlag.NONE, "rbac_access_denied_matched_policy[none]");
        return Outcome.ANSWERED;
    }
}
