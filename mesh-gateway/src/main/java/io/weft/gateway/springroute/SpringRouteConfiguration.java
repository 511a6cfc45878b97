package io.weft.gateway.springroute;

import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import com.google.protobuf.util.Values;
import io.weft.gateway.filter.MeshHandler;
import io.weft.gateway.role.NodeExtras;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.CachingRouteLocator;
import org.springframework.cloud.gateway.route.CompositeRouteLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.accept.ApiVersionStrategy;
import reactor.core.publisher.Flux;

/** Distributed routes, and how requests find them, as beans. */
@Configuration(proxyBeanMethods = false)
public class SpringRouteConfiguration {

    @Bean
    RouteFactories routeFactories(
            ObjectProvider<RoutePredicateFactory<?>> predicates,
            ObjectProvider<GatewayFilterFactory<?>> filters,
            ObjectProvider<ApiVersionStrategy> versions) {
        return new RouteFactories(
                predicates.orderedStream().toList(), filters.orderedStream().toList(), new LeftOut(versions.getIfAvailable() != null));
    }

    @Bean
    ApiVersions apiVersions(ObjectProvider<ApiVersionStrategy> strategy) {
        return new ApiVersions(strategy.getIfAvailable());
    }

    @Bean
    SpringRoutes springRoutes(
            RouteFactories factories,
            GatewayProperties properties,
            ConfigurationService configuration,
            WebFluxProperties webFlux,
            ApplicationEventPublisher events) {
        boolean noBasePath = webFlux.getBasePath() == null || webFlux.getBasePath().isEmpty();
        return new SpringRoutes(new RouteCompiler(factories, properties, configuration, noBasePath), events);
    }

    /** Tells the control plane that it may send routes, and what they may use. */
    @Bean
    NodeExtras springRouteExtras(RouteFactories factories) {
        Map<String, Value> metadata = Map.of(
                "WEFT_EXTENSIONS",
                Values.of(ListValue.newBuilder().addValues(Values.of("spring-routes")).build()),
                "WEFT_SPRING",
                Values.of(factories.metadata()));
        return () -> metadata;
    }

    /** In the place of Spring Cloud Gateway's own, which stands back for it. */
    @Bean
    @Primary
    SpringRouteMapping routePredicateHandlerMapping(
            SpringRoutes routes,
            FilteringWebHandler handler,
            OwnRoutes own,
            GlobalCorsProperties cors,
            Environment environment,
            ApiVersions versions) {
        return new SpringRouteMapping(routes, handler, own.locator(), cors, environment, versions);
    }

    @Bean
    EarlyRouteMapping earlyRouteMapping(
            SpringRoutes routes,
            MeshHandler mesh,
            FilteringWebHandler handler,
            GlobalCorsProperties cors,
            Environment environment,
            ApiVersions versions) {
        return new EarlyRouteMapping(routes, mesh, handler, cors, environment, versions);
    }

    @Bean
    UnclaimedMapping unclaimedMapping(MeshHandler mesh) {
        return new UnclaimedMapping(mesh);
    }

    @Bean
    OwnRoutes ownRoutes(List<RouteLocator> locators, ApplicationEventPublisher events) {
        return new OwnRoutes(locators, events);
    }

    /** The application's own routes, cached as Spring does it, without the distributed ones that the cache for Actuator also has. */
    static final class OwnRoutes implements ApplicationListener<RefreshRoutesEvent> {

        private final CachingRouteLocator locator;

        OwnRoutes(List<RouteLocator> locators, ApplicationEventPublisher events) {
            List<RouteLocator> own = locators.stream()
                    .filter(candidate -> !(candidate instanceof SpringRoutes) && !(candidate instanceof CachingRouteLocator))
                    .toList();
            this.locator = new CachingRouteLocator(new CompositeRouteLocator(Flux.fromIterable(own)));
            this.locator.setApplicationEventPublisher(events);
        }

        RouteLocator locator() {
            return locator;
        }

        @Override
        public void onApplicationEvent(RefreshRoutesEvent event) {
            locator.onApplicationEvent(event);
        }
    }
}
