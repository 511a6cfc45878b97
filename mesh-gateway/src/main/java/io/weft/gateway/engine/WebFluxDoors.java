package io.weft.gateway.engine;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.PathContainer;
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
    private final List<String> actuator;
    private final String first;

    /** @param actuatorPath base path of Actuator's endpoints, for example {@code /actuator} */
    WebFluxDoors(HttpHandler application, String actuatorPath) {
        this.application = application;
        this.actuator = segments(PathContainer.parsePath(actuatorPath));
        if (actuator.isEmpty()) {
            throw new IllegalArgumentException("management.endpoints.web.base-path: " + actuatorPath
                    + " (expected: a path of its own, so that Actuator can be kept off the mesh's listeners)");
        }
        this.first = '/' + actuator.get(0);
    }

    /** Boot's own port. */
    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        return isActuators(request) ? application.handle(request, response) : notFound(response);
    }

    /** The mesh's listeners. */
    HttpHandler forListeners() {
        return (request, response) -> isActuators(request) ? notFound(response) : application.handle(request, response);
    }

    /** Compares segments as WebFlux matches them, decoded and without parameters: {@code /%61ctuator;a=b} is Actuator's. */
    private boolean isActuators(ServerHttpRequest request) {
        String raw = request.getURI().getRawPath();
        if (isPlain(raw) && !raw.startsWith(first)) {
            return false;
        }
        List<String> path = segments(request.getPath().pathWithinApplication());
        return path.size() >= actuator.size() && path.subList(0, actuator.size()).equals(actuator);
    }

    /** Nothing in it that is read as something else: what it says is what its segments are. */
    private static boolean isPlain(String raw) {
        return raw.indexOf('%') < 0 && raw.indexOf(';') < 0 && !raw.contains("//");
    }

    private static List<String> segments(PathContainer path) {
        return path.elements().stream()
                .filter(PathContainer.PathSegment.class::isInstance)
                .map(element -> ((PathContainer.PathSegment) element).valueToMatch())
                .toList();
    }

    private static Mono<Void> notFound(ServerHttpResponse response) {
        response.setStatusCode(HttpStatus.NOT_FOUND);
        return response.setComplete();
    }
}
