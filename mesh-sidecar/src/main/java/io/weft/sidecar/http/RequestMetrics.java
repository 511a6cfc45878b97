package io.weft.sidecar.http;

import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.layer.ResponseFlag;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.Histogram;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.tls.PeerIdentity;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The standard request metrics of one listener. Series are found by a small record per request only when something unusual happens; the
 * usual answer of a cluster (200, no flag, same peer) costs two additions.
 */
public final class RequestMetrics {
    private static final int MOST_SERIES = 10_000;

    private final EngineMetrics metrics;
    private final boolean destination;
    private final int mostSeries;
    private final ConcurrentHashMap<Key, Series> series = new ConcurrentHashMap<>();
    private volatile @Nullable Series overflow;

    /** @param inbound we report as the destination */
    public RequestMetrics(EngineMetrics metrics, boolean inbound) {
        this(metrics, inbound, MOST_SERIES);
    }

    RequestMetrics(EngineMetrics metrics, boolean inbound, int mostSeries) {
        this.metrics = metrics;
        this.destination = inbound;
        this.mostSeries = mostSeries;
    }

    void record(RequestLog log, @Nullable Cluster cluster, ResponseFlag flag) {
        PeerIdentity peer = log.connection().peer();
        String principal = destination && peer != null && peer.uri() != null ? peer.uri() : "unknown";
        String own = destination && peer != null && peer.localUri() != null ? peer.localUri() : "unknown";
        Key key = new Key(
                cluster == null ? "unknown" : cluster.name(),
                log.status(),
                flag,
                principal,
                log.grpcStatus());
        Series found = series.get(key);
        if (found == null) {
            // what cannot have a series of its own is still counted, all in one
            found = series.size() >= mostSeries
                    ? overflow()
                    : series.computeIfAbsent(key, k -> make(k, cluster, own, log.connection().tls()));
        }
        found.requests().increment();
        found.duration().record(log.durationNanos() / 1e6);
    }

    private Series overflow() {
        Series all = overflow;
        if (all == null) {
            String[] labels = {"reporter", destination ? "destination" : "source", "overflow", "true"};
            all = series(labels);
            overflow = all;
        }
        return all;
    }

    private Series series(String[] labels) {
        return new Series(
                metrics.counter(MetricKey.of("istio_requests_total", labels)),
                metrics.histogram(MetricKey.of("istio_request_duration_milliseconds", labels)));
    }

    private Series make(Key key, @Nullable Cluster cluster, String own, boolean tls) {
        ClusterResource.Service service = cluster == null ? null : cluster.resource().service();
        String[] labels = {
            "reporter", destination ? "destination" : "source",
            "source_principal", key.principal(),
            "destination_principal", own,
            "destination_service", service == null ? host(key.cluster()) : service.host(),
            "destination_service_name", service == null ? key.cluster() : service.name(),
            "destination_service_namespace", service == null ? "unknown" : service.namespace(),
            "request_protocol", key.grpc() >= 0 ? "grpc" : "http",
            "response_code", Integer.toString(key.status()),
            "grpc_response_status", key.grpc() >= 0 ? Integer.toString(key.grpc()) : "",
            "response_flags", key.flag().text(),
            "connection_security_policy", !destination ? "unknown" : tls && !key.principal().equals("unknown") ? "mutual_tls" : "none"
        };
        return series(labels);
    }

    EngineMetrics engine() {
        return metrics;
    }

    /** {@code outbound|80|v1|reviews.default.svc.cluster.local} names its host. */
    private static String host(String cluster) {
        int bar = cluster.lastIndexOf('|');
        return bar < 0 || bar + 1 == cluster.length() ? "unknown" : cluster.substring(bar + 1);
    }

    private record Key(String cluster, int status, ResponseFlag flag, String principal, int grpc) {}

    private record Series(Counter requests, Histogram duration) {}
}
