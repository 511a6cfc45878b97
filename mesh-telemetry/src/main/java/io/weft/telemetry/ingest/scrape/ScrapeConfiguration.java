package io.weft.telemetry.ingest.scrape;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.weft.telemetry.settings.TelemetryProperties;
import io.weft.telemetry.settings.WeftProperties;
import io.weft.telemetry.store.MetricStore;
import java.time.Clock;
import java.util.concurrent.Executors;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/** Wires the collecting of metrics. */
@Configuration(proxyBeanMethods = false)
class ScrapeConfiguration {

    @Bean
    PageFetcher pageFetcher(ReactorResourceFactory resources, TelemetryProperties telemetry) {
        int maxSize = (int) Math.min(Integer.MAX_VALUE, telemetry.scrape().maxSize().toBytes());
        return new PageFetcher(resources, telemetry.scrape().timeout(), maxSize);
    }

    @Bean
    ScrapeLoop scrapeLoop(TelemetryProperties telemetry, WeftProperties weft, PageFetcher fetcher, MetricStore metrics) {
        return new ScrapeLoop(
                telemetry.scrape(),
                weft.pilot().address(),
                fetcher,
                metrics,
                Executors.newSingleThreadScheduledExecutor(task -> {
                    Thread thread = new Thread(task, "scrape");
                    thread.setDaemon(true);
                    return thread;
                }),
                Clock.systemUTC());
    }

    @Bean
    MeshCollector meshCollector(MetricStore metrics, PrometheusRegistry registry) {
        MeshCollector collector = new MeshCollector(metrics);
        registry.register(collector);
        return collector;
    }

    /** Part of readiness: before the first round there is nothing to show. */
    @Bean
    HealthIndicator scrapeHealthIndicator(ScrapeLoop loop) {
        return () -> {
            String waitsFor = loop.waitsFor();
            return waitsFor == null
                    ? Health.up().withDetail("targets", loop.get().items().size()).build()
                    : Health.outOfService().withDetail("waitsFor", waitsFor).build();
        };
    }
}
