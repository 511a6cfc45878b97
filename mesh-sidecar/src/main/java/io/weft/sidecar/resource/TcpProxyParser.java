package io.weft.sidecar.resource;

import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code TcpProxy} → {@link TcpProxyResource}. */
final class TcpProxyParser {
    private static final Fields PROXY = Fields.of(
            TcpProxy.getDescriptor(),
            "stat_prefix",
            "cluster",
            "weighted_clusters",
            "idle_timeout",
            "access_log",
            "max_connect_attempts",
            "hash_policy");
    private static final Fields WEIGHT =
            Fields.of(TcpProxy.WeightedCluster.ClusterWeight.getDescriptor(), "name", "weight");

    private final AccessLogParser logs;

    TcpProxyParser(DataSources sources) {
        this.logs = new AccessLogParser(sources);
    }

    TcpProxyResource parse(Where where, TcpProxy proxy) {
        PROXY.check(where, proxy);
        for (int i = 0; i < proxy.getHashPolicyCount(); i++) {
            if (!proxy.getHashPolicy(i).hasSourceIp()) {
                throw where.item("hash_policy", i).refuse("unsupported policy (expected: source_ip)");
            }
        }
        return new TcpProxyResource(
                proxy.getStatPrefix(),
                clusters(where, proxy),
                proxy.hasIdleTimeout() ? Values.duration(where, "idle_timeout", proxy.getIdleTimeout()) : Duration.ofHours(1),
                attempts(where, proxy),
                proxy.getHashPolicyCount() > 0,
                logs.parse(where, proxy.getAccessLogList()));
    }

    private static int attempts(Where where, TcpProxy proxy) {
        int attempts = proxy.hasMaxConnectAttempts() ? Values.uint(proxy.getMaxConnectAttempts()) : 1;
        if (attempts < 1) {
            throw where.refuse("max_connect_attempts", attempts, ">= 1");
        }
        return attempts;
    }

    private static List<TcpProxyResource.WeightedCluster> clusters(Where where, TcpProxy proxy) {
        List<TcpProxyResource.WeightedCluster> clusters = new ArrayList<>();
        switch (proxy.getClusterSpecifierCase()) {
            case CLUSTER:
                clusters.add(new TcpProxyResource.WeightedCluster(proxy.getCluster(), 1));
                break;
            case WEIGHTED_CLUSTERS:
                for (int i = 0; i < proxy.getWeightedClusters().getClustersCount(); i++) {
                    TcpProxy.WeightedCluster.ClusterWeight cluster = proxy.getWeightedClusters().getClusters(i);
                    Where at = where.item("weighted_clusters.clusters", i);
                    WEIGHT.check(at, cluster);
                    int weight = Values.uint(cluster.getWeight());
                    if (weight < 1) {
                        throw at.refuse("weight", weight, ">= 1");
                    }
                    clusters.add(new TcpProxyResource.WeightedCluster(cluster.getName(), weight));
                }
                break;
            default:
                break;
        }
        if (clusters.isEmpty()) {
            throw where.refuse("no destination (expected: cluster or weighted_clusters)");
        }
        return clusters;
    }
}
