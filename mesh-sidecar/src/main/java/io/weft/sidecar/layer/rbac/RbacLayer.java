package io.weft.sidecar.layer.rbac;

import io.weft.sidecar.layer.Layer;
import io.weft.sidecar.layer.LayerContext;
import io.weft.sidecar.layer.ResponseFlag;
import io.weft.sidecar.resource.RbacResource;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what. Stands before everything that acts for the request, so that what is denied reaches nobody. The shadow rules are left to
 * whoever counts them: they never decide.
 */
public final class RbacLayer implements Layer {
    private final RbacRules rules;

    private RbacLayer(RbacRules rules) {
        this.rules = rules;
    }

    /** Null: nothing to enforce. */
    public static @Nullable RbacLayer of(RbacResource resource) {
        return resource.rules() == null ? null : new RbacLayer(new RbacRules(resource.rules()));
    }

    @Override
    public Outcome onRequest(LayerContext context) {
        if (rules.allows(context)) {
            return Outcome.CONTINUE;
        }
        context.answer(403, "RBAC: access denied", ResponseFlag.NONE, "rbac_access_denied_matched_policy[none]");
        return Outcome.ANSWERED;
    }
}
