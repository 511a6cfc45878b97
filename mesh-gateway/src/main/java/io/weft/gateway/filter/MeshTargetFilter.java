package io.weft.gateway.filter;

import java.net.URI;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Takes {@code lb:} of a distributed route for the mesh, before a load balancer of Spring's could: the URL becomes an ordinary one for the filters that follow, and the
 * cluster is remembered for {@link MeshRoutingFilter}. Where filters have led the request elsewhere it is left alone.
 */
final class MeshTargetFilter implements GlobalFilter, Ordered {

    @Override
    public int getOrder() {
        return ReactiveLoadBalancerClientFilter.LOAD_BALANCER_CLIENT_FILTER_ORDER - 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        URI url = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        String prefix = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR);
        String cluster = exchange.getAttribute(RouteTarget.CLUSTER);
        exchange.getAttributes().remove(RouteTarget.CHOSEN);
        if (url == null || cluster == null) {
            return chain.filter(exchange);
        }
        if ("lb".equalsIgnoreCase(url.getScheme())) {
            URI plain = URI.create("http" + url.toString().substring("lb".length()));
            exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, plain);
            exchange.getAttributes().put(RouteTarget.CHOSEN, cluster);
        } else if ("lb".equalsIgnoreCase(prefix)) {
            exchange.getAttributes().remove(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR);
            exchange.getAttributes().put(RouteTarget.CHOSEN, cluster);
        }
        return chain.filter(exchange);
    }
}
