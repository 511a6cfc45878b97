package io.weft.sidecar.tcp;

import io.weft.sidecar.cluster.ClusterRef;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.resource.TcpProxyResource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** {@code envoy.filters.network.tcp_proxy}, compiled: gates, clusters and their weights. */
public final class TcpProxy {

    /** Name of the handler in the client's pipeline. */
    public static final String HANDLER = "weft.tcp";

    private final TcpProxyResource resource;
    private final List<TcpGate> gates;
    private final List<TcpObserver> observers;
    private final TcpCounters counters;
    private final List<ClusterRef> clusters = new ArrayList<>();
    private final int[] upTo;
    private final int allWeights;

    /**
     * @param gates network filters in front, in order
     * @param clusters finds a cluster's reference by name, whether there is one now or not
     */
    public TcpProxy(
            TcpProxyResource resource,
            List<TcpGate> gates,
            Function<String, ClusterRef> clusters,
            EngineMetrics metrics,
            List<TcpObserver> observers) {
        this.resource = resource;
        this.gates = List.copyOf(gates);
        this.observers = List.copyOf(observers);
        this.counters = TcpCounters.of(resource.statPrefix(), metrics);
        this.upTo = new int[resource.clusters().size()];
        int sum = 0;
        for (int i = 0; i < upTo.length; i++) {
            TcpProxyResource.WeightedCluster one = resource.clusters().get(i);
            this.clusters.add(clusters.apply(one.name()));
            sum = Math.addExact(sum, one.weight());
            upTo[i] = sum;
        }
        this.allWeights = sum;
    }

    /**
     * Takes over a connection whose TLS, if any, is established: adds the last handler of its pipeline. Reading must be under Netty's control
     * ({@code autoRead}); bytes that were read before this call and are fired into the pipeline after it are not lost.
     */
    public void addLast(TcpConnection connection) {
        connection.channel().pipeline().addLast(HANDLER, new TcpSession(this, connection));
    }

    TcpProxyResource resource() {
        return resource;
    }

    TcpCounters counters() {
        return counters;
    }

    boolean allows(TcpConnection connection) {
        for (TcpGate gate : gates) {
            if (!gate.allows(connection)) {
                return false;
            }
        }
        return true;
    }

    ClusterRef choose(LoopState loop) {
        if (upTo.length > 1 && allWeights > 0) {
            int drawn = loop.nextInt(allWeights);
            for (int i = 0; i < upTo.length; i++) {
                if (drawn < upTo[i]) {
                    return clusters.get(i);
                }
            }
        }
        return clusters.get(0);
    }

    void ended(TcpLog log) {
        for (TcpObserver observer : observers) {
            observer.onEnd(log);
        }
    }
}
