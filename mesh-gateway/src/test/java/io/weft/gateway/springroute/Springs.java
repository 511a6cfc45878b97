package io.weft.gateway.springroute;

import com.google.protobuf.Any;
import com.google.protobuf.Timestamp;
import io.weft.api.gateway.v1alpha1.Factory;
import io.weft.api.gateway.v1alpha1.SpringRoute;
import java.util.List;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.factory.AddRequestHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.RequestRateLimiterGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.RetryGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.StripPrefixGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.ratelimit.KeyResolver;
import org.springframework.cloud.gateway.filter.ratelimit.RateLimiter;
import org.springframework.cloud.gateway.handler.predicate.HeaderRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.HostRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.MethodRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.QueryRoutePredicateFactory;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.validation.beanvalidation.OptionalValidatorFactoryBean;
import reactor.core.publisher.Mono;

/** Spring Cloud Gateway's pieces without an application. */
final class Springs {

    private Springs() {}

    static RouteFactories factories() {
        return new RouteFactories(
                List.of(
                        new PathRoutePredicateFactory(new WebFluxProperties()),
                        new HostRoutePredicateFactory(),
                        new MethodRoutePredicateFactory(),
                        new HeaderRoutePredicateFactory(),
                        new QueryRoutePredicateFactory()),
                List.of(
                        new AddRequestHeaderGatewayFilterFactory(),
                        new StripPrefixGatewayFilterFactory(),
                        new RetryGatewayFilterFactory(),
                        new RequestRateLimiterGatewayFilterFactory((RateLimiter<?>) null, (KeyResolver) exchange -> Mono.just("k"))),
                new LeftOut(false));
    }

    static RouteCompiler compiler() {
        return compiler(factories());
    }

    static RouteCompiler compiler(RouteFactories factories) {
        OptionalValidatorFactoryBean validator = new OptionalValidatorFactoryBean();
        validator.afterPropertiesSet();
        ConfigurationService configuration =
                new ConfigurationService(new DefaultListableBeanFactory(), ApplicationConversionService::getSharedInstance, () -> validator);
        configuration.setApplicationEventPublisher(event -> {});
        return new RouteCompiler(factories, new GatewayProperties(), configuration, true);
    }

    /** A route to a plain URI; predicates in shortcut form. */
    static SpringRoute.Builder route(String name, int order, long created, String... predicates) {
        SpringRoute.Builder route = SpringRoute.newBuilder()
                .setName("default/" + name)
                .setId(name)
                .setUri("http://a.example")
                .setOrder(order)
                .setCreated(Timestamp.newBuilder().setSeconds(created));
        for (String text : predicates) {
            int equals = text.indexOf('=');
            Factory.Builder factory = Factory.newBuilder().setName(text.substring(0, equals));
            String[] values = text.substring(equals + 1).split(",", -1);
            for (int i = 0; i < values.length; i++) {
                factory.putArgs("_genkey_" + i, values[i]);
            }
            route.addPredicates(factory);
        }
        return route;
    }

    static Any any(SpringRoute.Builder route) {
        return Any.pack(route.build(), "type.googleapis.com");
    }

    static SpringRouteResource parse(SpringRoute.Builder route) {
        return SpringRouteParser.parse(route.getName(), any(route));
    }
}
