package io.weft.gateway.engine;

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

/** What the control plane sends goes into the engine. */
record EngineTarget(Engine engine) implements ConfigTarget {

    @Override
    public List<Refused> secrets(Collection<SecretResource> changed, Collection<String> removed) {
        return refused(engine.applySecrets(changed, removed));
    }

    @Override
    public List<Refused> clusters(Collection<ClusterResource> changed, Collection<String> removed) {
        return refused(engine.applyClusters(changed, removed));
    }

    @Override
    public List<Refused> endpoints(Collection<EndpointsResource> changed, Collection<String> removed) {
        return refused(engine.applyEndpoints(changed, removed));
    }

    @Override
    public List<Refused> listeners(Collection<ListenerResource> changed, Collection<String> removed) {
        return refused(engine.applyListeners(changed, removed));
    }

    @Override
    public List<Refused> routes(Collection<RouteConfigResource> changed, Collection<String> removed) {
        return refused(engine.applyRoutes(changed, removed));
    }

    private static List<Refused> refused(List<Rejection> rejections) {
        return rejections.stream()
                .map(rejection -> new Refused(rejection.name(), rejection.reason()))
                .toList();
    }
}
