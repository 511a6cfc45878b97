package io.weft.sidecar.resource;

import java.time.Duration;
import java.util.List;

/** An active health check. Thresholds are at least 1. */
public record HealthCheckResource(
        Duration timeout, Duration interval, int unhealthyThreshold, int healthyThreshold, Probe probe) {
    /** What is asked. */
    public sealed interface Probe {
        /** statuses: half-open ranges; empty: 200 only. */
        record Http(String host, String path, List<StatusRange> statuses, boolean http2) implements Probe {}

        record Tcp() implements Probe {}

        record Grpc(String serviceName, String authority) implements Probe {}
    }

    /** start ≤ status &lt; end. */
    public record StatusRange(int start, int end) {}
}
