package io.weft.sidecar.layer.rbac;

import io.weft.sidecar.layer.LayerContext;
import java.util.List;

/** A compiled permission or principal. */
@FunctionalInterface
interface Condition {
    boolean test(LayerContext context);

    static Condition and(List<Condition> all) {
        Condition[] conditions = all.toArray(Condition[]::new);
        return context -> {
            for (Condition condition : conditions) {
                if (!condition.test(context)) {
                    return false;
                }
            }
            return true;
        };
    }

    static Condition or(List<Condition> any) {
        Condition[] conditions = any.toArray(Condition[]::new);
        return context -> {
            for (Condition condition : conditions) {
                if (condition.test(context)) {
                    return true;
                }
            }
            return false;
        };
    }

    static Condition not(Condition condition) {
        return context -> !condition.test(context);
    }
}
