package io.weft.sidecar.bootstrap;

import io.weft.sidecar.listener.Engine;
import io.weft.sidecar.listener.Rejection;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.SecretResource;
import io.weft.sidecar.xds.ConfigTarget;
import java.util.Collection;
import java.util.List;

/**
 * The engine as configuration sees it.
 *
 * @param clustersChanged runs after each change of clusters, on the configuration's thread: for whoever watches them
 */
public record EngineTarget(Engine engine, Runnable clustersChanged) implements ConfigTarget {

    @Override
    public List<Refused> secrets(Collection<SecretResource> changed, Collection<String> removed) {
        return nothing(changed, removed) ? List.of() : refused(engine.applySecrets(changed, removed));
    }

    @Override
    public List<Refused> clusters(Collection<ClusterResource> changed, Collection<String> removed) {
        if (nothing(changed, removed)) {
            return List.of();
        }
        List<Refused> refused = refused(engine.applyClusters(changed, removed));
        clustersChanged.run();
        return refused;
    }

    @Override
    public List<Refused> endpoints(Collection<EndpointsResource> changed, Collection<String> removed) {
        return nothing(changed, removed) ? List.of() : refused(engine.applyEndpoints(changed, removed));
    }

    @Override
    public List<Refused> listeners(Collection<ListenerResource> changed, Collection<String> removed) {
        return nothing(changed, removed) ? List.of() : refused(engine.applyListeners(changed, removed));
    }

    @Override
    public List<Refused> routes(Collection<RouteConfigResource> changed, Collection<String> removed) {
        return nothing(changed, removed) ? List.of() : refused(engine.applyRoutes(changed, removed));
    }

    private static boolean nothing(Collection<?> changed, Collection<?> removed) {
        return changed.isEmpty() && removed.isEmpty();
    }

    private static List<Refused> refused(List<Rejection> rejections) {
        return rejections.stream().map(r -> new Refused(r.name(), r.reason())).toList();
    }
}
