package io.weft.pilot.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Limits towards a host. A limit of 0 is unset, as in the reference mesh. */
public record ConnectionPool(@Nullable Tcp tcp, @Nullable Http http) {

    /** @param connectTimeout unset is 10 s */
    public record Tcp(
            @Nullable Integer maxConnections,
            @Nullable Duration connectTimeout,
            @Nullable Keepalive tcpKeepalive,
            @Nullable Duration maxConnectionDuration,
            @Nullable Duration idleTimeout) {}

    public record Keepalive(@Nullable Integer probes, @Nullable Duration time, @Nullable Duration interval) {}

    /**
     * @param http2MaxRequests bounds HTTP/1.1 too
     * @param maxRequestsPerConnection 1 switches keep-alive off
     * @param idleTimeout unset is 1 h
     */
    public record Http(
            @Nullable Integer http1MaxPendingRequests,
            @Nullable Integer http2MaxRequests,
            @Nullable Integer maxRequestsPerConnection,
            @Nullable Integer maxRetries,
            @Nullable Duration idleTimeout,
            @Nullable H2UpgradePolicy h2UpgradePolicy,
            boolean useClientProtocol,
            @Nullable Integer maxConcurrentStreams) {}

    public enum H2UpgradePolicy {
        DEFAULT,
        DO_NOT_UPGRADE,
        UPGRADE
    }
}
