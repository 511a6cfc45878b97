package io.weft.gateway.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import org.junit.jupiter.api.Test;

class EngineSeriesTest {

    @Test
    void enginesCountersAreScrapedAmongTheRegistrysOwn() {
        EngineMetrics metrics = new EngineMetrics();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.counter("own").increment();
        registry.getPrometheusRegistry().register(new EngineSeries(metrics));
        assertThat(registry.scrape()).contains("own_total 1.0").doesNotContain("istio");

        metrics.counter(MetricKey.of("istio_requests_total", "response_code", "200")).add(3);
        metrics.counter(MetricKey.of("istio_requests_total", "response_code", "404")).add(1);
        metrics.gauge(MetricKey.of("envoy_cluster_upstream_cx_active", "cluster_name", "a")).add(2);
        metrics.histogram(MetricKey.of("istio_request_duration_milliseconds")).record(7);

        assertThat(registry.scrape())
                .contains("own_total 1.0")
                .contains("istio_requests_total{response_code=\"200\"} 3.0")
                .contains("istio_requests_total{response_code=\"404\"} 1.0")
                .contains("envoy_cluster_upstream_cx_active{cluster_name=\"a\"} 2.0")
                .contains("istio_request_duration_milliseconds_bucket{le=\"5.0\"} 0")
                .contains("istio_request_duration_milliseconds_bucket{le=\"10.0\"} 1")
                .contains("istio_request_duration_milliseconds_bucket{le=\"+Inf\"} 1")
                .contains("istio_request_duration_milliseconds_sum 7.0");
    }
}
