package io.weft.pilot.registry.spring;

import io.weft.pilot.model.SpringRoute;
import java.util.Map;

/**
 * A proxy that takes SpringRoutes and has said what it has for them.
 *
 * @param gateway at the edge of the mesh, not beside an application
 * @param labels what selectors look at
 */
public record KnownGateway(
        String namespace, String workload, boolean gateway, Map<String, String> labels, SpringCatalog catalog) {

    public KnownGateway {
        labels = Map.copyOf(labels);
    }

    /** As people call it. */
    public String name() {
        return namespace + "/" + workload;
    }

    public boolean isSelectedBy(SpringRoute route, String rootNamespace) {
        return route.selects(gateway, namespace, labels, rootNamespace);
    }
}
