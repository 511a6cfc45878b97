package io.weft.sidecar.cluster.pool;

import io.weft.sidecar.observe.metrics.Counter;

/** Envoy's connection counters of one cluster. */
public record PoolCounters(
        Counter connections,
        Counter activeConnections,
        Counter connectFailures,
        Counter connectTimeouts,
        Counter pendingOverflow,
        Counter connectionOverflow) {}
