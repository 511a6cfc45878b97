package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;

/** {@code CircuitBreakers} → {@link ClusterResource.CircuitBreakers}: the thresholds of the one priority there is here, with Envoy's defaults. */
final class CircuitBreakersParser {
    private static final Fields BREAKERS = Fields.of(CircuitBreakers.getDescriptor(), "thresholds");
    private static final Fields THRESHOLDS = Fields.of(
                    CircuitBreakers.Thresholds.getDescriptor(),
                    "priority",
                    "max_connections",
                    "max_pending_requests",
                    "max_requests",
                    "max_retries",
                    "retry_budget")
            .ignore("only adds statistics", "track_remaining");
    private static final Fields BUDGET = Fields.of(
            CircuitBreakers.Thresholds.RetryBudget.getDescriptor(), "budget_percent", "min_retry_concurrency");

    private CircuitBreakersParser() {}

    static ClusterResource.CircuitBreakers parse(Where where, CircuitBreakers breakers) {
        BREAKERS.check(where, breakers);
        for (int i = 0; i < breakers.getThresholdsCount(); i++) {
            CircuitBreakers.Thresholds limits = breakers.getThresholds(i);
            Where at = where.item("thresholds", i);
            THRESHOLDS.check(at, limits);
            // HIGH limits nothing: routes with that priority are refused.
            if (limits.getPriority() == RoutingPriority.DEFAULT) {
                return thresholds(at, limits);
            }
        }
        return ClusterResource.CircuitBreakers.ENVOY_DEFAULT;
    }

    private static ClusterResource.CircuitBreakers thresholds(Where where, CircuitBreakers.Thresholds limits) {
        ClusterResource.CircuitBreakers unset = ClusterResource.CircuitBreakers.ENVOY_DEFAULT;
        Double budget = null;
        int minimum = unset.minRetryConcurrency();
        if (limits.hasRetryBudget()) {
            Where at = where.field("retry_budget");
            BUDGET.check(at, limits.getRetryBudget());
            budget = limits.getRetryBudget().hasBudgetPercent() ? limits.getRetryBudget().getBudgetPercent().getValue() : 20.0;
            if (!(budget >= 0 && budget <= 100)) {
                throw at.refuse("budget_percent", budget, "0 to 100");
            }
            if (limits.getRetryBudget().hasMinRetryConcurrency()) {
                minimum = Values.uint(limits.getRetryBudget().getMinRetryConcurrency());
            }
        }
        return new ClusterResource.CircuitBreakers(
                limits.hasMaxConnections() ? Values.uint(limits.getMaxConnections()) : unset.maxConnections(),
                limits.hasMaxPendingRequests() ? Values.uint(limits.getMaxPendingRequests()) : unset.maxPendingRequests(),
                limits.hasMaxRequests() ? Values.uint(limits.getMaxRequests()) : unset.maxRequests(),
                limits.hasMaxRetries() ? Values.uint(limits.getMaxRetries()) : unset.maxRetries(),
                budget,
                minimum);
    }
}
