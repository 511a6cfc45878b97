package io.weft.gateway.springroute;

import java.net.URI;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A SpringRoute as the control plane means it: checked for form, not yet for what its predicates and filters are.
 *
 * @param name {@code <namespace>/<name>}
 * @param id the route's id in Spring Cloud Gateway
 * @param cluster what an {@code lb:} URI means; empty with every other scheme
 * @param order below 0: before the mesh's routes
 */
record SpringRouteResource(
        String name,
        String id,
        URI uri,
        String cluster,
        List<Factory> predicates,
        List<Factory> filters,
        int order,
        Map<String, Object> metadata,
        Instant created) {

    /** Which is asked first. */
    static final Comparator<SpringRouteResource> ORDER = Comparator.comparingInt(SpringRouteResource::order)
            .thenComparing(SpringRouteResource::created)
            .thenComparing(SpringRouteResource::name);

    /** A predicate or a filter by the name of its factory. */
    record Factory(String name, Map<String, String> args) {}
}
