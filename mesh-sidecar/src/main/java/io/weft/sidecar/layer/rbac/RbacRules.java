package io.weft.sidecar.layer.rbac;

import io.weft.sidecar.layer.LayerContext;
import io.weft.sidecar.resource.RbacResource;
import io.weft.sidecar.route.HeaderMatcher;
import java.util.List;

/** Compiled {@link RbacResource.Rules}. */
public final class RbacRules {
    private final RbacResource.Action action;
    private final Condition[] policies;

    /** @throws ResourceException when a rule does not compile */
    public RbacRules(RbacResource.Rules rules) {
        this.action = rules.action();
        HeaderMatcher.Repeated repeated =
                rules.action() == RbacResource.Action.DENY ? HeaderMatcher.Repeated.ANY : HeaderMatcher.Repeated.ALL;
        this.policies = rules.policies().values().stream()
                .map(policy -> Condition.and(List.of(
                        Condition.or(policy.permissions().stream()
                                .map(permission -> Permissions.compile(permission, repeated))
                                .toList()),
                        Condition.or(policy.principals().stream()
                                .map(principal -> Principals.compile(principal, repeated))
                                .toList()))))
                .toArray(Condition[]::new);
    }

    public boolean allows(LayerContext context) {
        return switch (action) {
            case ALLOW -> matches(context);
            case DENY -> !matches(context);
            case LOG -> true;
        };
    }

    private boolean matches(LayerContext context) {
        for (Condition policy : policies) {
            if (policy.test(context)) {
                return true;
            }
        }
        return false;
    }
}
