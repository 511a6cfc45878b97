package io.weft.sidecar.tcp;

import io.netty.channel.Channel;
import io.weft.sidecar.cluster.ClusterRef;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.peer.PeerExchange;
import io.weft.sidecar.observe.peer.PeerExchangeException;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code envoy.filters.network.tcp_proxy}, compiled: clusters and their weights. What may connect at all is decided before. */
public final class TcpProxy {

    /** Name of the handler in the client's pipeline. */
    public static final String HANDLER = "weft.tcp";

    private static final Logger LOG = LoggerFactory.getLogger(TcpProxy.class);
    /** As long as a handshake. */
    private static final long INTRODUCTION_MILLIS = 10_000;
    /** Envoy's flag for a protocol error of the client. */
    private static final String BROKEN = "DPE";
    private static final String NO_FLAG = "-";
    /** Envoy's words. */
    private static final String DENIED = "rbac_access_denied_matched_policy[none]";

    private final TcpProxyResource resource;
    private final TcpReport report;
    private final TcpCounters counters;
    private final List<ClusterRef> clusters = new ArrayList<>();
    private final int[] upTo;
    private final int allWeights;

    /**
     * @param clusters finds a cluster's reference by name, whether there is one now or not
     */
    public TcpProxy(
            TcpProxyResource resource,
            Function<String, ClusterRef> clusters,
            EngineMetrics metrics,
            TcpReport report) {
        this.resource = resource;
        this.report = report;
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
     * Takes over a connection whose TLS, if any, is established: adds the last handler of its pipeline. Bytes that were read before this call
     * and are fired into the pipeline after it are not lost.
     *
     * @param remote the client after PROXY protocol, if that was spoken
     * @param serverName what the client asked for by SNI; empty: nothing
     */
    public void install(Channel channel, InetSocketAddress remote, String serverName) {
        PeerExchange exchange = report.exchange();
        if (exchange == null || !exchange.agreed(channel)) {
            serve(connection(channel, remote, serverName));
            return;
        }
        exchange.before(channel, INTRODUCTION_MILLIS, new PeerExchange.Outcome() {
            @Override
            public void met() {
                serve(connection(channel, remote, serverName));
            }

            @Override
            public void failed(PeerExchangeException why) {
                LOG.debug("{}: {}: {}", resource.statPrefix(), remote, why.getMessage());
                refused(connection(channel, remote, serverName), BROKEN, null);
                channel.close();
            }
        });
    }

    private static TcpConnection connection(Channel channel, InetSocketAddress remote, String serverName) {
        return new TcpConnection(channel, remote, serverName, PeerIdentity.of(channel), PeerExchange.met(channel));
    }

    private void serve(TcpConnection connection) {
        connection.channel().pipeline().addLast(HANDLER, new TcpSession(this, connection));
    }

    /** Counts and logs a connection that policy refuses; whoever asked closes it. */
    public void denied(Channel channel, InetSocketAddress remote, String serverName) {
        refused(connection(channel, remote, serverName), NO_FLAG, DENIED);
    }

    /** Ended before there was anything to serve. */
    private void refused(TcpConnection connection, String flags, @Nullable String details) {
        counters.connections().increment();
        TcpMetrics.Series series = metrics().of(connection, null, null, null, flags);
        series.opened().increment();
        series.closed().increment();
        ended(new TcpLog(connection, null, null, null, null, null, flags, details, 0, 0, System.currentTimeMillis(), 0));
    }

    TcpProxyResource resource() {
        return resource;
    }

    TcpCounters counters() {
        return counters;
    }

    TcpMetrics metrics() {
        return report.metrics();
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
        for (TcpObserver observer : report.observers()) {
            observer.onEnd(log);
        }
    }
}
