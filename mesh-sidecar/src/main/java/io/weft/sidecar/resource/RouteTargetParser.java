package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which cluster a route forwards to: one, one of several by weight, or the one that a header names. */
final class RouteTargetParser {
    private static final Fields WEIGHTED = Fields.of(WeightedCluster.getDescriptor(), "clusters")
            .ignore("the sum of the weights is what counts", "total_weight")
            .ignore("there is no runtime layer that could override the weights", "runtime_key_prefix");
    private static final Fields WEIGHT = Fields.of(
            WeightedCluster.ClusterWeight.getDescriptor(),
            "name",
            "weight",
            "request_headers_to_add",
            "request_headers_to_remove",
            "response_headers_to_add",
            "response_headers_to_remove",
            "typed_per_filter_config",
            "host_rewrite_literal");

    private RouteTargetParser() {}

    static RouteResource.Target parse(Where where, RouteAction action) {
        switch (action.getClusterSpecifierCase()) {
            case CLUSTER:
                return new RouteResource.Target.Cluster(Values.named(where, "cluster", action.getCluster()));
            case CLUSTER_HEADER:
                return new RouteResource.Target.Header(
                        Values.named(where, "cluster_header", action.getClusterHeader()).toLowerCase(Locale.ROOT));
            case WEIGHTED_CLUSTERS:
                return weighted(where.field("weighted_clusters"), action.getWeightedClusters());
            default:
                throw where.refuse("no destination (expected: cluster, cluster_header or weighted_clusters)");
        }
    }

    private static RouteResource.Target weighted(Where where, WeightedCluster weighted) {
        WEIGHTED.check(where, weighted);
        List<RouteResource.WeightedCluster> clusters = new ArrayList<>(weighted.getClustersCount());
        long total = 0;
        for (int i = 0; i < weighted.getClustersCount(); i++) {
            WeightedCluster.ClusterWeight cluster = weighted.getClusters(i);
            Where at = where.item("clusters", i);
            WEIGHT.check(at, cluster);
            int weight = cluster.hasWeight() ? Values.uint(cluster.getWeight()) : 0;
            total += weight;
            clusters.add(new RouteResource.WeightedCluster(
                    Values.named(at, "name", cluster.getName()),
                    weight,
                    HeaderOperationsParser.parse(
                            at, "request_headers", cluster.getRequestHeadersToAddList(), cluster.getRequestHeadersToRemoveList()),
                    HeaderOperationsParser.parse(
                            at, "response_headers", cluster.getResponseHeadersToAddList(), cluster.getResponseHeadersToRemoveList()),
                    cluster.getHostRewriteLiteral().isEmpty() ? null : cluster.getHostRewriteLiteral(),
                    HttpFilterParser.overrides(at, cluster.getTypedPerFilterConfigMap())));
        }
        if (total < 1 || total > 0xFFFF_FFFFL) {
            throw where.refuse("clusters: the weights add up to " + total + " (expected: 1 to 4294967295)");
        }
        return new RouteResource.Target.Weighted(clusters);
    }
}
