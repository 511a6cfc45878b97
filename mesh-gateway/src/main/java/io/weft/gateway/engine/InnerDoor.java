package io.weft.gateway.engine;

import io.weft.gateway.filter.Handover;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/**
 * Keeps routes from leading to Actuator inside the application, by {@code forward:} or a fallback: what came over a listener of the mesh passes
 * {@link WebFluxDoors} with the path it came with only.
 */
final class InnerDoor implements HandlerMapping, Ordered {

    private static final WebHandler CLOSED = exchange -> {
        exchange.getResponse().setStatusCode(HttpStatus.NOT_FOUND);
        return exchange.getResponse().setComplete();
    };

    private final ActuatorPaths actuator;

    InnerDoor(ActuatorPaths actuator) {
        this.actuator = actuator;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Object> getHandler(ServerWebExchange exchange) {
        return actuator.include(exchange.getRequest()) && Handover.of(exchange) != null ? Mono.just(CLOSED) : Mono.empty();
    }
}
