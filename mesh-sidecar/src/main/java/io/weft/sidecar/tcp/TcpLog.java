package io.weft.sidecar.tcp;

import org.jspecify.annotations.Nullable;

/**
 * A proxied connection that has ended.
 *
 * @param clusterName null when none was there to choose
 * @param upstreamHost {@code ip:port}; null when none was connected
 * @param flags Envoy's response flags, {@code "-"} when there are none
 * @param received bytes from the client
 * @param sent bytes to the client
 */
public record TcpLog(
        TcpConnection connection,
        @Nullable String clusterName,
        @Nullable String upstreamHost,
        String flags,
        long received,
        long sent,
        long startEpochMillis,
        long durationNanos) {}
