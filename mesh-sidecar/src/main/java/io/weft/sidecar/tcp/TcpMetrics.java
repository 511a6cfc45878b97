package io.weft.sidecar.tcp;

import io.netty.channel.Channel;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.observe.metrics.StandardLabels;
import io.weft.sidecar.observe.peer.PeerExchange;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.tls.PeerIdentity;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Istio's standard metrics of connections, of one direction. Bytes are counted as they go by, also of connections that never seem to end. */
public final class TcpMetrics {
    private static final int MOST_SERIES = 10_000;

    private final EngineMetrics metrics;
    private final boolean destination;
    private final Supplier<Workload> self;
    private final Set<String> disabled;
    private final ConcurrentHashMap<StandardLabels, Series> series = new ConcurrentHashMap<>();
    private final Counter nobody = new Counter();

    /**
     * @param inbound we report as the destination
     * @param self who we are
     * @param disabled Istio's names of metrics that are not wanted
     */
    public TcpMetrics(EngineMetrics metrics, boolean inbound, Supplier<Workload> self, Set<String> disabled) {
        this.metrics = metrics;
        this.destination = inbound;
        this.self = self;
        this.disabled = Set.copyOf(disabled);
    }

    record Series(Counter opened, Counter closed, Counter received, Counter sent) {}

    Series of(TcpConnection connection, @Nullable Cluster cluster, @Nullable Host host, @Nullable Channel upstream, String flags) {
        PeerIdentity endpoint = upstream == null ? null : PeerIdentity.of(upstream);
        PeerIdentity peer = destination ? connection.peer() : endpoint;
        String theirs = peer == null ? null : peer.uri();
        String ours = peer == null || theirs == null ? null : peer.localUri();
        Workload called = destination ? self.get() : called(host, upstream);
        StandardLabels labels = new StandardLabels(
                destination,
                destination ? connection.source() : self.get(),
                called,
                destination ? theirs : ours,
                destination ? ours : theirs,
                cluster == null ? null : cluster.resource().service(),
                cluster == null ? "" : cluster.name(),
                "tcp",
                flags,
                theirs != null);
        Series found = series.get(labels);
        if (found != null) {
            return found;
        }
        return series.size() >= MOST_SERIES
                ? make(List.of("reporter", destination ? "destination" : "source", "overflow", "true"))
                : series.computeIfAbsent(labels, l -> make(l.common()));
    }

    /** What the control plane says of an endpoint, else what the endpoint says of itself. */
    private static Workload called(@Nullable Host host, @Nullable Channel upstream) {
        Workload said = host == null ? Workload.UNKNOWN : host.resource().workload();
        return said.known() || upstream == null ? said : PeerExchange.met(upstream);
    }

    private Series make(List<String> labels) {
        return new Series(
                counter("TCP_OPENED_CONNECTIONS", "istio_tcp_connections_opened_total", labels),
                counter("TCP_CLOSED_CONNECTIONS", "istio_tcp_connections_closed_total", labels),
                counter("TCP_RECEIVED_BYTES", "istio_tcp_received_bytes_total", labels),
                counter("TCP_SENT_BYTES", "istio_tcp_sent_bytes_total", labels));
    }

    private Counter counter(String istio, String name, List<String> labels) {
        return disabled.contains(istio) ? nobody : metrics.counter(MetricKey.of(name, labels));
    }
}
