package io.weft.gateway.filter;

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

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        return answers.written(exchange, routing.toMesh(exchange, exchange.getRequest().getURI()));
    }
}
