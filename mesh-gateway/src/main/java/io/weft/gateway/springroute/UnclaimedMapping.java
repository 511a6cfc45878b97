package io.weft.gateway.springroute;

import io.weft.gateway.filter.Handover;
import io.weft.gateway.filter.MeshHandler;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Last: what nobody in the application wants is the mesh's to answer, which says that there is no route. */
final class UnclaimedMapping implements HandlerMapping, Ordered {

    private final MeshHandler mesh;

    UnclaimedMapping(MeshHandler mesh) {
        this.mesh = mesh;
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public Mono<Object> getHandler(ServerWebExchange exchange) {
        boolean forwarded = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR) != null;
        return forwarded || Handover.of(exchange) == null ? Mono.empty() : mesh.handler(exchange);
    }
}
