package io.weft.gateway.engine;

import io.micrometer.observation.ObservationRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.weft.gateway.filter.FilterConfiguration;
import io.weft.gateway.role.GatewaySettings;
import io.weft.gateway.role.NodeExtras;
import io.weft.gateway.springroute.SpringRouteConfiguration;
import io.weft.gateway.springroute.SpringRoutes;
import io.weft.sidecar.bootstrap.TcpProxies;
import io.weft.sidecar.listener.EngineOptions;
import io.weft.sidecar.listener.MeshEngine;
import io.weft.sidecar.observe.accesslog.AccessLogs;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

/** The engine and its surroundings as beans. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GatewaySettings.class)
@Import({FilterConfiguration.class, SpringRouteConfiguration.class})
public class GatewayConfiguration {

    /** Half of a usual descriptor limit: each has one of its own and one upstream. */
    private static final int MOST_CONNECTIONS = 8192;

    /** Boot's own server takes it for its handler, and with that gets the door to Actuator. */
    @Bean
    WebFluxDoors httpHandler(ApplicationContext context, ActuatorPaths actuator) {
        // The engine observes: a second observer would count, time and trace everything twice.
        WebHttpHandlerBuilder builder = WebHttpHandlerBuilder.applicationContext(context).observationRegistry(ObservationRegistry.NOOP);
        return new WebFluxDoors(builder.build(), actuator);
    }

    @Bean
    ActuatorPaths actuatorPaths(WebEndpointProperties endpoints) {
        return new ActuatorPaths(endpoints.getBasePath());
    }

    @Bean
    InnerDoor innerDoor(ActuatorPaths actuator) {
        return new InnerDoor(actuator);
    }

    @Bean
    EngineMetrics engineMetrics() {
        return new EngineMetrics();
    }

    /** Where there is no Prometheus registry, nobody asks. */
    @Bean
    EngineSeries engineSeries(EngineMetrics metrics, ObjectProvider<PrometheusRegistry> registries) {
        EngineSeries series = new EngineSeries(metrics);
        registries.ifAvailable(registry -> registry.register(series));
        return series;
    }

    @Bean
    Drain drain() {
        return new Drain();
    }

    @Bean(destroyMethod = "close")
    AccessLogs accessLogs(EngineMetrics metrics) {
        return new AccessLogs(metrics);
    }

    /** WebFlux is asked for when the engine is made: its handler mappings depend on the health that depends on this process. */
    @Bean
    GatewayProcess gatewayProcess(
            GatewaySettings settings,
            ObjectProvider<WebFluxDoors> webFlux,
            ReactorResourceFactory resources,
            EngineMetrics metrics,
            AccessLogs accessLogs,
            Drain drain,
            SpringRoutes routes,
            WebEndpointProperties endpoints,
            ObjectProvider<NodeExtras> extras,
            ConfigurableEnvironment environment,
            ApplicationContext context) {
        return new GatewayProcess(
                settings,
                tls -> new MeshEngine(new EngineOptions(
                        resources.getLoopResources(),
                        tls,
                        metrics,
                        List.of(),
                        accessLogs::open,
                        new HttpListenerBinder(
                                resources::getLoopResources,
                                webFlux.getObject().forListeners(),
                                head -> routes.mayClaimEarly(head.authority(), head.path(), head.method()),
                                drain),
                        new TcpProxies(metrics, channel -> ReactorPipeline.bytes(channel.pipeline())),
                        MOST_CONNECTIONS)),
                target -> new GatewayTarget(target, routes),
                resources::getLoopResources,
                drain,
                context,
                new Surroundings(
                        environment, endpoints.getBasePath() + "/prometheus", extras.orderedStream().toList()));
    }

    @Bean
    HealthIndicator identityHealthIndicator(GatewayProcess process) {
        return process::identityHealth;
    }

    @Bean
    HealthIndicator configurationHealthIndicator(GatewayProcess process) {
        return process::configurationHealth;
    }

    /** Not part of readiness: a sidecar is ready to say that its application is not. */
    @Bean
    @ConditionalOnProperty(name = "weft.role", havingValue = "sidecar")
    HealthIndicator applicationHealthIndicator(GatewayProcess process) {
        return process::applicationHealth;
    }

    @Bean
    InfoContributor meshInfoContributor(GatewayProcess process) {
        return info -> info.withDetail("mesh", process.info());
    }
}
