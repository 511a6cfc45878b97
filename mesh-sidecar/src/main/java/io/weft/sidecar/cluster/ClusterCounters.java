package io.weft.sidecar.cluster;

import io.weft.sidecar.cluster.pool.PoolCounters;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;

/** Envoy's cluster statistics, by their Prometheus names. */
public record ClusterCounters(
        Counter requests,
        Counter activeRequests,
        Counter retries,
        Counter retryOverflow,
        Counter retrySuccess,
        Counter timeouts,
        Counter perTryTimeouts,
        Counter noHost,
        Counter requestOverflow,
        Counter ejections,
        Counter activeEjections,
        PoolCounters pool) {
    static ClusterCounters of(String cluster, EngineMetrics metrics) {
        return new ClusterCounters(
                counter(metrics, "upstream_rq_total", cluster),
                gauge(metrics, "upstream_rq_active", cluster),
                counter(metrics, "upstream_rq_retry", cluster),
                counter(metrics, "upstream_rq_retry_overflow", cluster),
                counter(metrics, "upstream_rq_retry_success", cluster),
                counter(metrics, "upstream_rq_timeout", cluster),
                counter(metrics, "upstream_rq_per_try_timeout", cluster),
                counter(metrics, "upstream_cx_none_healthy", cluster),
                counter(metrics, "upstream_rq_overflow", cluster),
                counter(metrics, "outlier_detection_ejections_enforced_total", cluster),
                gauge(metrics, "outlier_detection_ejections_active", cluster),
                new PoolCounters(
                        counter(metrics, "upstream_cx_total", cluster),
                        gauge(metrics, "upstream_cx_active", cluster),
                        counter(metrics, "upstream_cx_connect_fail", cluster),
                        counter(metrics, "upstream_cx_connect_timeout", cluster),
                        counter(metrics, "upstream_rq_pending_overflow", cluster),
                        counter(metrics, "upstream_cx_overflow", cluster)));
    }

    private static Counter counter(EngineMetrics metrics, String name, String cluster) {
        return metrics.counter(MetricKey.of("envoy_cluster_" + name, "envoy_cluster_name", cluster));
    }

    private static Counter gauge(EngineMetrics metrics, String name, String cluster) {
        return metrics.gauge(MetricKey.of("envoy_cluster_" + name, "envoy_cluster_name", cluster));
    }
}
