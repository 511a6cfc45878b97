package io.weft.sidecar.tcp;

import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;

/** Envoy's {@code tcp.<stat_prefix>} statistics, by their Prometheus names. */
record TcpCounters(
        Counter connections, Counter active, Counter noRoute, Counter idleTimeouts, Counter received, Counter sent) {

    static TcpCounters of(String prefix, EngineMetrics metrics) {
        return new TcpCounters(
                counter(metrics, "downstream_cx_total", prefix),
                metrics.gauge(key("downstream_cx_active", prefix)),
                counter(metrics, "downstream_cx_no_route", prefix),
                counter(metrics, "idle_timeout", prefix),
                counter(metrics, "downstream_cx_rx_bytes_total", prefix),
                counter(metrics, "downstream_cx_tx_bytes_total", prefix));
    }

    private static Counter counter(EngineMetrics metrics, String name, String prefix) {
        return metrics.counter(key(name, prefix));
    }

    private static MetricKey key(String name, String prefix) {
        return MetricKey.of("envoy_tcp_" + name, "envoy_tcp_prefix", prefix);
    }
}
