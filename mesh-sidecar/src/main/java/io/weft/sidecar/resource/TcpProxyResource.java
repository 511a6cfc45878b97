package io.weft.sidecar.resource;

import java.time.Duration;
import java.util.List;

/**
 * {@code envoy.filters.network.tcp_proxy}.
 *
 * @param clusters one, or several chosen by weight per connection
 * @param idleTimeout zero: none (Envoy's default is 1 h)
 * @param maxConnectAttempts at least 1
 */
public record TcpProxyResource(
        String statPrefix,
        List<WeightedCluster> clusters,
        Duration idleTimeout,
        int maxConnectAttempts,
        boolean hashSourceIp,
        List<AccessLogResource> accessLogs)
        implements NetworkFilterResource {
    public TcpProxyResource {
        clusters = List.copyOf(clusters);
        accessLogs = List.copyOf(accessLogs);
        if (clusters.isEmpty()) {
            throw new ResourceException("tcp_proxy: no cluster (expected: cluster or weighted_clusters)");
        }
    }

    /** Relative weight, not negative. */
    public record WeightedCluster(String name, int weight) {}
}
