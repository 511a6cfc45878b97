package io.weft.sidecar.http;

import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.Histogram;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.observe.metrics.StandardLabels;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.tls.PeerIdentity;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Istio's standard metrics of requests, of one direction. The usual answers find their series by a few comparisons in a table that any thread may
 * overwrite: its entries are immutable, and what is not in it is looked up by value.
 */
public final class RequestMetrics {
    private static final int MOST_SERIES = 10_000;
    private static final int QUICK = 512;

    private final EngineMetrics metrics;
    private final boolean destination;
    private final Supplier<Workload> self;
    private final Set<String> disabled;
    private final int mostSeries;
    private final ConcurrentHashMap<Key, Series> series = new ConcurrentHashMap<>();
    private final @Nullable Entry[] quick = new Entry[QUICK];
    private volatile @Nullable Series overflow;

    /**
     * @param inbound we report as the destination
     * @param self who we are
     * @param disabled Istio's names of metrics that are not wanted
     */
    public RequestMetrics(EngineMetrics metrics, boolean inbound, Supplier<Workload> self, Set<String> disabled) {
        this(metrics, inbound, self, disabled, MOST_SERIES);
    }

    RequestMetrics(EngineMetrics metrics, boolean inbound, Supplier<Workload> self, Set<String> disabled, int mostSeries) {
        this.metrics = metrics;
        this.destination = inbound;
        this.self = self;
        this.disabled = Set.copyOf(disabled);
        this.mostSeries = mostSeries;
    }

    void record(RequestLog log) {
        Workload own = self.get();
        Cluster cluster = log.cluster();
        Host host = destination ? null : log.host();
        Object target = destination ? this : host == null ? this : host.resource();
        PeerIdentity peer = destination ? log.connection().peer() : log.upstreamPeer();
        Workload source = destination ? log.source() : Workload.UNKNOWN;
        String flags = log.flags();
        int status = log.status();
        boolean grpc = log.grpc();
        int grpcStatus = grpc ? log.grpcStatus() : -1;
        int slot = (System.identityHashCode(target) * 31 + status * 7 + grpcStatus + System.identityHashCode(peer) + flags.hashCode()) & QUICK - 1;
        Entry entry = quick[slot];
        if (entry == null || !entry.is(own, cluster, target, peer, source, flags, status, grpcStatus, grpc)) {
            Workload called = destination ? own : host == null ? Workload.UNKNOWN : host.resource().workload();
            entry = new Entry(own, cluster, target, peer, source, flags, status, grpcStatus, grpc,
                    find(key(own, cluster, called, peer, source, flags, status, grpcStatus, grpc)));
            quick[slot] = entry;
        }
        entry.series.count(log);
    }

    private Key key(
            Workload own,
            @Nullable Cluster cluster,
            Workload called,
            @Nullable PeerIdentity peer,
            Workload source,
            String flags,
            int status,
            int grpcStatus,
            boolean grpc) {
        ClusterResource.Service service = cluster == null ? null : cluster.resource().service();
        String theirs = peer == null ? null : peer.uri();
        String ours = peer == null || theirs == null ? null : peer.localUri();
        return new Key(
                new StandardLabels(
                        destination,
                        destination ? source : own,
                        called,
                        destination ? theirs : ours,
                        destination ? ours : theirs,
                        service,
                        cluster == null ? "" : cluster.name(),
                        grpc ? "grpc" : "http",
                        flags,
                        theirs != null),
                status,
                grpcStatus);
    }

    private Series find(Key key) {
        Series found = series.get(key);
        if (found != null) {
            return found;
        }
        // what cannot have a series of its own is still counted, all in one
        return series.size() >= mostSeries ? overflow() : series.computeIfAbsent(key, k -> make(k.labels.http(k.status, k.grpcStatus)));
    }

    private Series overflow() {
        Series all = overflow;
        if (all == null) {
            all = make(List.of("reporter", destination ? "destination" : "source", "overflow", "true"));
            overflow = all;
        }
        return all;
    }

    private Series make(List<String> labels) {
        return new Series(
                disabled.contains("REQUEST_COUNT") ? null : metrics.counter(MetricKey.of("istio_requests_total", labels)),
                histogram("REQUEST_DURATION", "istio_request_duration_milliseconds", labels),
                histogram("REQUEST_SIZE", "istio_request_bytes", labels),
                histogram("RESPONSE_SIZE", "istio_response_bytes", labels),
                labels);
    }

    private @Nullable Histogram histogram(String istio, String name, List<String> labels) {
        return disabled.contains(istio) ? null : metrics.histogram(MetricKey.of(name, labels));
    }

    EngineMetrics engine() {
        return metrics;
    }

    private record Key(StandardLabels labels, int status, int grpcStatus) {}

    /** All metrics of one set of labels; those of gRPC's messages exist once there was one. */
    private final class Series {
        private final @Nullable Counter requests;
        private final @Nullable Histogram duration;
        private final @Nullable Histogram received;
        private final @Nullable Histogram sent;
        private final List<String> labels;
        private volatile @Nullable Counter requestMessages;
        private volatile @Nullable Counter responseMessages;

        private Series(
                @Nullable Counter requests,
                @Nullable Histogram duration,
                @Nullable Histogram received,
                @Nullable Histogram sent,
                List<String> labels) {
            this.requests = requests;
            this.duration = duration;
            this.received = received;
            this.sent = sent;
            this.labels = labels;
        }

        private void count(RequestLog log) {
            if (requests != null) {
                requests.increment();
            }
            if (duration != null) {
                duration.record(log.durationNanos() / 1e6);
            }
            if (received != null) {
                received.record(log.received());
            }
            if (sent != null) {
                sent.record(log.sent());
            }
            if (log.grpc()) {
                messages(log);
            }
        }

        private void messages(RequestLog log) {
            if (!disabled.contains("GRPC_REQUEST_MESSAGES")) {
                Counter counter = requestMessages;
                if (counter == null) {
                    counter = metrics.counter(MetricKey.of("istio_request_messages_total", labels));
                    requestMessages = counter;
                }
                counter.add(log.requestMessages());
            }
            if (!disabled.contains("GRPC_RESPONSE_MESSAGES")) {
                Counter counter = responseMessages;
                if (counter == null) {
                    counter = metrics.counter(MetricKey.of("istio_response_messages_total", labels));
                    responseMessages = counter;
                }
                counter.add(log.responseMessages());
            }
        }
    }

    /** What was found for exactly these objects. */
    private static final class Entry {
        private final Workload own;
        private final @Nullable Cluster cluster;
        private final Object target;
        private final @Nullable PeerIdentity peer;
        private final Workload source;
        private final String flags;
        private final int status;
        private final int grpcStatus;
        private final boolean grpc;
        private final Series series;

        private Entry(
                Workload own,
                @Nullable Cluster cluster,
                Object target,
                @Nullable PeerIdentity peer,
                Workload source,
                String flags,
                int status,
                int grpcStatus,
                boolean grpc,
                Series series) {
            this.own = own;
            this.cluster = cluster;
            this.target = target;
            this.peer = peer;
            this.source = source;
            this.flags = flags;
            this.status = status;
            this.grpcStatus = grpcStatus;
            this.grpc = grpc;
            this.series = series;
        }

        private boolean is(
                Workload otherOwn,
                @Nullable Cluster otherCluster,
                Object otherTarget,
                @Nullable PeerIdentity otherPeer,
                Workload otherSource,
                String otherFlags,
                int otherStatus,
                int otherGrpcStatus,
                boolean otherGrpc) {
            return status == otherStatus && own == otherOwn && cluster == otherCluster && target == otherTarget && peer == otherPeer && source == otherSource
                    && grpcStatus == otherGrpcStatus && grpc == otherGrpc && flags.equals(otherFlags);
        }
    }
}
