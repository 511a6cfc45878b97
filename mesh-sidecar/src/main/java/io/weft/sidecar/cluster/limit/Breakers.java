package io.weft.sidecar.cluster.limit;

import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.resource.ClusterResource;
import java.util.concurrent.atomic.AtomicInteger;

/** The circuit breakers of one cluster: how much may be open at a time, over all event loops, as in Envoy. */
public final class Breakers {
    private final ClusterResource.CircuitBreakers limits;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger retries = new AtomicInteger();

    public Breakers(ClusterResource.CircuitBreakers limits) {
        this.limits = limits;
    }

    public boolean tryRequest() {
        return take(requests, limits.maxRequests());
    }

    public void requestEnded() {
        requests.getAndDecrement();
    }

    public boolean tryPending() {
        return take(pending, limits.maxPendingRequests());
    }

    public void pendingEnded() {
        pending.getAndDecrement();
    }

    public boolean tryConnection() {
        return take(connections, limits.maxConnections());
    }

    /** The first connection of a pool is always allowed, as in Envoy, or a pool of another loop could starve this one for ever. */
    public void forceConnection() {
        connections.getAndIncrement();
    }

    public void connectionEnded() {
        connections.getAndDecrement();
    }

    /** By count, or by budget: a share of active requests, but never fewer than the minimum. */
    public boolean tryRetry() {
        Double budget = limits.retryBudgetPercent();
        if (budget == null) {
            return take(retries, limits.maxRetries());
        }
        int active = requests.get() + pending.get();
        return take(retries, Math.max(limits.minRetryConcurrency(), (int) (active * budget / 100)));
    }

    public void retryEnded() {
        retries.getAndDecrement();
    }

    private static boolean take(AtomicInteger gauge, int limit) {
        if (gauge.incrementAndGet() > limit) {
            gauge.getAndDecrement();
            return false;
        }
        return true;
    }

    public int activeRequests() {
        return requests.get();
    }

    public int activeConnections() {
        return connections.get();
    }

    public int pendingRequests() {
        return pending.get();
    }

    public int activeRetries() {
        return retries.get();
    }
}
