package io.weft.pilot.generate.listener;

import static io.weft.pilot.generate.proto.Proto.any;

import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.weft.pilot.routing.TcpRules.Share;
import java.util.ArrayList;
import java.util.List;

/** Network filters for bytes that are not read. */
final class TcpFilters {

    private final Observation observation;

    TcpFilters(Observation observation) {
        this.observation = observation;
    }

    Filter toCluster(String cluster) {
        return filter(TcpProxy.newBuilder().setStatPrefix(cluster).setCluster(cluster));
    }

    Filter toShares(List<Share> shares) {
        if (shares.size() == 1) {
            return toCluster(shares.get(0).target().cluster());
        }
        TcpProxy.WeightedCluster.Builder clusters = TcpProxy.WeightedCluster.newBuilder();
        for (Share share : shares) {
            clusters.addClusters(TcpProxy.WeightedCluster.ClusterWeight.newBuilder()
                    .setName(share.target().cluster())
                    .setWeight(share.weight()));
        }
        return filter(TcpProxy.newBuilder()
                .setStatPrefix(shares.get(0).target().host())
                .setWeightedClusters(clusters));
    }

    static List<Filter> policies(List<RBAC> policies) {
        List<Filter> filters = new ArrayList<>();
        for (RBAC policy : policies) {
            filters.add(Filter.newBuilder()
                    .setName("envoy.filters.network.rbac")
                    .setTypedConfig(any(io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.newBuilder()
                            .setStatPrefix("tcp.")
                            .setRules(policy)
                            .build()))
                    .build());
        }
        return filters;
    }

    private Filter filter(TcpProxy.Builder proxy) {
        observation.observe(proxy);
        return Filter.newBuilder().setName("envoy.filters.network.tcp_proxy").setTypedConfig(any(proxy.build())).build();
    }
}
