package io.weft.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weft.telemetry.graph.EdgeHistory;
import io.weft.telemetry.settings.TelemetryProperties;
import io.weft.telemetry.settings.WeftProperties;
import io.weft.telemetry.store.DropReason;
import io.weft.telemetry.store.GatewayNames;
import io.weft.telemetry.store.Intake;
import io.weft.telemetry.store.Kind;
import io.weft.telemetry.store.LogStore;
import io.weft.telemetry.store.MetricStore;
import io.weft.telemetry.store.SpanStore;
import java.time.Duration;
import java.util.function.ToDoubleFunction;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/** Wires what is kept; the rooms around it wire themselves. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({WeftProperties.class, TelemetryProperties.class})
class TelemetryConfiguration {

    @Bean
    Intake intake() {
        return new Intake();
    }

    @Bean
    LogStore logStore(TelemetryProperties telemetry, Intake intake) {
        TelemetryProperties.Logs logs = telemetry.logs();
        return new LogStore(logs.capacity(), logs.memory().toBytes(), logs.streams(), intake);
    }

    @Bean
    SpanStore spanStore(TelemetryProperties telemetry, Intake intake) {
        TelemetryProperties.Spans spans = telemetry.spans();
        return new SpanStore(spans.capacity(), spans.memory().toBytes(), spans.perTrace(), intake);
    }

    @Bean
    MetricStore metricStore(TelemetryProperties telemetry, Intake intake) {
        return new MetricStore(telemetry.scrape().maxSeries(), intake);
    }

    @Bean
    GatewayNames gatewayNames() {
        return new GatewayNames();
    }

    @Bean
    EdgeHistory edgeHistory(TelemetryProperties telemetry, MetricStore metrics, Intake intake) {
        TelemetryProperties.Graph graph = telemetry.graph();
        EdgeHistory history =
                new EdgeHistory(graph.keep(), telemetry.scrape().interval(), graph.maxEdges(), intake);
        metrics.listen(history);
        return history;
    }

    /** What came in, what was dropped and why, what is kept. */
    @Bean
    MeterBinder intakeMeters(Intake intake, LogStore logs, SpanStore spans, MetricStore metrics) {
        return registry -> {
            for (Kind kind : Kind.values()) {
                FunctionCounter.builder("weft.telemetry.received", intake, each -> each.received(kind))
                        .description("What was taken in")
                        .tag("kind", kind.label())
                        .register(registry);
                for (DropReason reason : DropReason.values()) {
                    FunctionCounter.builder("weft.telemetry.dropped", intake, each -> each.dropped(kind, reason))
                            .description("What was not kept, or is no longer")
                            .tag("kind", kind.label())
                            .tag("reason", reason.label())
                            .register(registry);
                }
            }
            kept(registry, Kind.LOG, logs, LogStore::size);
            kept(registry, Kind.SPAN, spans, SpanStore::size);
            kept(registry, Kind.SERIES, metrics, MetricStore::size);
        };
    }

    private static <T> void kept(MeterRegistry registry, Kind kind, T store, ToDoubleFunction<T> size) {
        Gauge.builder("weft.telemetry.kept", store, size)
                .description("What is kept now")
                .tag("kind", kind.label())
                .register(registry);
    }

    /** None of these is bounded by default. */
    @Bean
    NettyServerCustomizer httpTimes() {
        return server -> server.idleTimeout(Duration.ofMinutes(5))
                .readTimeout(Duration.ofSeconds(10))
                .requestTimeout(Duration.ofSeconds(30));
    }

    /**
     * Event loops of this context's own. The global ones are disposed when any context in the JVM closes, and every server
     * on them dies; a launcher may put shared ones in this bean's place.
     */
    @Bean
    @ConditionalOnMissingBean
    ReactorResourceFactory reactorResourceFactory() {
        ReactorResourceFactory factory = new ReactorResourceFactory();
        factory.setUseGlobalResources(false);
        factory.setShutdownQuietPeriod(Duration.ZERO);
        return factory;
    }
}
