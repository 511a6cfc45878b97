package io.weft.gateway.filter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The way of a request from WebFlux through the engine, as beans. */
@Configuration(proxyBeanMethods = false)
public class FilterConfiguration {

    private static final String SPRINGS = "org.springframework.cloud.gateway.";

    /** Spring's own headers filters do what the engine has done: hop-by-hop fields, forwarded headers. */
    @Bean
    MeshRouting meshRouting(ObjectProvider<HttpHeadersFilter> filters) {
        return new MeshRouting(filters.orderedStream()
                .filter(filter -> !filter.getClass().getName().startsWith(SPRINGS))
                .filter(filter -> filter.supports(HttpHeadersFilter.Type.REQUEST))
                .toList());
    }

    @Bean
    MeshTargetFilter meshTargetFilter() {
        return new MeshTargetFilter();
    }

    @Bean
    MeshRoutingFilter meshRoutingFilter(MeshRouting routing, HttpClientProperties client) {
        return new MeshRoutingFilter(routing, client.getResponseTimeout());
    }

    @Bean
    MeshAnswerFilter meshAnswerFilter(GatewayProperties properties) {
        return new MeshAnswerFilter(properties.getStreamingMediaTypes());
    }

    @Bean
    MeshHandler meshHandler(MeshRouting routing, MeshAnswerFilter answers) {
        return new MeshHandler(routing, answers);
    }

    @Bean
    UpstreamTroubleHandler upstreamTroubleHandler() {
        return new UpstreamTroubleHandler();
    }
}
