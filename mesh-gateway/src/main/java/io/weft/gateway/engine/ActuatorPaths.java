package io.weft.gateway.engine;

import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Which requests are Actuator's. */
final class ActuatorPaths {

    private final List<String> base;
    private final String first;

    /** @param basePath of Actuator's endpoints, for example {@code /actuator} */
    ActuatorPaths(String basePath) {
        this.base = segments(PathContainer.parsePath(basePath));
        if (base.isEmpty()) {
            throw new IllegalArgumentException("management.endpoints.web.base-path: " + basePath
                    + " (expected: a path of its own, so that Actuator can be kept off the mesh's listeners)");
        }
        this.first = '/' + base.get(0);
    }

    /** Compares segments as WebFlux matches them, decoded and without parameters: {@code /%61ctuator;a=b} is Actuator's. */
    boolean include(ServerHttpRequest request) {
        String raw = request.getURI().getRawPath();
        if (isPlain(raw) && !raw.startsWith(first)) {
            return false;
        }
        List<String> path = segments(request.getPath().pathWithinApplication());
        return path.size() >= base.size() && path.subList(0, base.size()).equals(base);
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
}
