package io.weft.gateway.engine;

import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/**
 * The application's one WebFlux handler, and its two doors: Boot's own port leads to Actuator and nothing else, the mesh's listeners lead
 * to everything but Actuator.
 */
final class WebFluxDoors implements HttpHandler {

    private final HttpHandler application;
    private final ActuatorPaths actuator;

    WebFluxDoors(HttpHandler application, ActuatorPaths actuator) {
        this.application = application;
        this.actuator = actuator;
    }

    /** Boot's own port. */
    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        return actuator.include(request) ? application.handle(request, response) : notFound(response);
    }

    /** The mesh's listeners. */
    HttpHandler forListeners() {
        return (request, response) -> actuator.include(request) ? notFound(response) : application.handle(request, response);
    }

    private static Mono<Void> notFound(ServerHttpResponse response) {
        response.setStatusCode(HttpStatus.NOT_FOUND);
        return response.setComplete();
    }
}
