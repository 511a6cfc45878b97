package io.weft.gateway.filter;

import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/** For requests that no route of Spring's wants: they go on as the mesh's own routes say. */
public final class MeshHandler implements WebHandler {

    private final MeshRouting routing;
    private final MeshAnswerFilter answers;

    MeshHandler(MeshRouting routing, MeshAnswerFilter answers) {
        this.routing = routing;
        this.answers = answers;
    }

    /**
     * As a handler mapping gives it to the dispatcher, which asks mappings for the handler of a CORS preflight request only for the sake of Spring's own
     * CORS, and never calls it.
     */
    public Mono<Object> handler(ServerWebExchange exchange) {
        return CorsUtils.isPreFlightRequest(exchange.getRequest()) ? handle(exchange).thenReturn(this) : Mono.just(this);
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        return answers.written(exchange, routing.toMesh(exchange, exchange.getRequest().getURI()));
    }
}
