package io.weft.pilot.generate.listener;

import static io.weft.pilot.generate.proto.Proto.any;

import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.model.ConnectionPool;
import io.weft.pilot.routing.ServiceScope;
import io.weft.pilot.routing.TcpRules.Share;
import io.weft.pilot.routing.TrafficRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Network filters for bytes that are not read. */
final class TcpFilters {

    private final Observation observation;

    TcpFilters(Observation observation) {
        this.observation = observation;
    }

    /** @param pool what says how long connections may be idle; null, or unset there: an hour, Envoy's own default */
    Filter toCluster(String cluster, @Nullable ConnectionPool pool) {
        return filter(TcpProxy.newBuilder().setStatPrefix(cluster).setCluster(cluster), pool);
    }

    /** As the rule of the first share's host wants it. */
    Filter toShares(List<Share> shares, TrafficRules traffic, ServiceScope services) {
        ConnectionPool pool = traffic.of(shares.get(0).target(), services).connectionPool();
        if (shares.size() == 1) {
            return toCluster(shares.get(0).target().cluster(), pool);
        }
        TcpProxy.WeightedCluster.Builder clusters = TcpProxy.WeightedCluster.newBuilder();
        for (Share share : shares) {
            clusters.addClusters(TcpProxy.WeightedCluster.ClusterWeight.newBuilder()
                    .setName(share.target().cluster())
                    .setWeight(share.weight()));
        }
        return filter(
                TcpProxy.newBuilder().setStatPrefix(shares.get(0).target().host()).setWeightedClusters(clusters), pool);
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

    private Filter filter(TcpProxy.Builder proxy, @Nullable ConnectionPool pool) {
        Duration idle = pool == null || pool.tcp() == null ? null : pool.tcp().idleTimeout();
        if (idle != null) {
            proxy.setIdleTimeout(Proto.duration(idle));
        }
        observation.observe(proxy);
        return Filter.newBuilder().setName("envoy.filters.network.tcp_proxy").setTypedConfig(any(proxy.build())).build();
    }
}
