package io.weft.gateway.filter;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Sends what is meant for the mesh through the engine, before Spring's WebSocket and HTTP clients are asked. */
final class MeshRoutingFilter implements GlobalFilter, Ordered {

    private final MeshRouting routing;
    private final @Nullable Duration responseTimeout;

    /** @param responseTimeout of all routes that do not say their own; null: none */
    MeshRoutingFilter(MeshRouting routing, @Nullable Duration responseTimeout) {
        this.routing = routing;
        this.responseTimeout = responseTimeout;
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE - 2;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        URI url = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        if (url == null || ServerWebExchangeUtils.isAlreadyRouted(exchange)) {
            return chain.filter(exchange);
        }
        String cluster = exchange.getAttribute(RouteTarget.CHOSEN);
        if (cluster != null) {
            ServerWebExchangeUtils.setAlreadyRouted(exchange);
            return routing.toCluster(exchange, cluster, url, timeouts(exchange)).then(chain.filter(exchange));
        }
        if ("mesh".equalsIgnoreCase(url.getScheme())) {
            ServerWebExchangeUtils.setAlreadyRouted(exchange);
            return routing.toMesh(exchange, url).then(chain.filter(exchange));
        }
        return chain.filter(exchange);
    }

    private ClusterTransfer.Timeouts timeouts(ServerWebExchange exchange) {
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        Map<String, Object> metadata = route == null ? Map.of() : route.getMetadata();
        Long response = millis(metadata.get(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR));
        Long connect = millis(metadata.get(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR));
        long fallback = responseTimeout == null ? 0 : responseTimeout.toMillis();
        return new ClusterTransfer.Timeouts(response == null ? fallback : Math.max(0, response), connect == null ? 0 : Math.max(0, connect));
    }

    private static @Nullable Long millis(@Nullable Object value) {
        if (value instanceof Number number) {
            return number.longValue();
        }
        return value instanceof String text && !text.isEmpty() ? Long.valueOf(text) : null;
    }
}
