package io.weft.pilot.routing;

import io.weft.pilot.model.ClientTls;
import io.weft.pilot.model.ConnectionPool;
import io.weft.pilot.model.LoadBalancer;
import io.weft.pilot.model.OutlierDetection;
import io.weft.pilot.model.RetryBudget;
import io.weft.pilot.model.TrafficPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that hold for one port of one host or subset. Subset over port over top, block by block; but settings of a port replace what is above them
 * as a whole: a block they leave unset is unset. A retry budget they cannot have, and leave as it is.
 */
public record EffectivePolicy(
        @Nullable LoadBalancer loadBalancer,
        @Nullable ConnectionPool connectionPool,
        @Nullable OutlierDetection outlierDetection,
        @Nullable ClientTls tls,
        @Nullable RetryBudget retryBudget) {

    public static final EffectivePolicy NONE = new EffectivePolicy(null, null, null, null, null);

    public static EffectivePolicy of(@Nullable TrafficPolicy top, @Nullable TrafficPolicy subset, int port) {
        EffectivePolicy base = top == null ? NONE : forPort(top, new EffectivePolicy(
                top.loadBalancer(), top.connectionPool(), top.outlierDetection(), top.tls(), top.retryBudget()), port);
        if (subset == null) {
            return base;
        }
        EffectivePolicy merged = new EffectivePolicy(
                subset.loadBalancer() == null ? base.loadBalancer : subset.loadBalancer(),
                subset.connectionPool() == null ? base.connectionPool : subset.connectionPool(),
                subset.outlierDetection() == null ? base.outlierDetection : subset.outlierDetection(),
                subset.tls() == null ? base.tls : subset.tls(),
                subset.retryBudget() == null ? base.retryBudget : subset.retryBudget());
        return forPort(subset, merged, port);
    }

    private static EffectivePolicy forPort(TrafficPolicy policy, EffectivePolicy otherwise, int port) {
        return policy.portLevelSettings().stream()
                .filter(settings -> settings.port() == port)
                .findFirst()
                .map(settings -> new EffectivePolicy(
                        settings.loadBalancer(),
                        settings.connectionPool(),
                        settings.outlierDetection(),
                        settings.tls(),
                        otherwise.retryBudget()))
                .orElse(otherwise);
    }
}
