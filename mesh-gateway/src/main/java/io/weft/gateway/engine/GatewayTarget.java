package io.weft.gateway.engine;

import io.weft.gateway.springroute.SpringRoutes;
import io.weft.sidecar.bootstrap.EngineTarget;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.SecretResource;
import io.weft.sidecar.xds.ConfigTarget;
import io.weft.sidecar.xds.RawResource;
import io.weft.sidecar.xds.ResourceKind;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Configuration of a gateway: the engine's, and Spring's routes. */
record GatewayTarget(EngineTarget engine, SpringRoutes springRoutes) implements ConfigTarget {

    @Override
    public Set<ResourceKind> extensions() {
        return Set.of(ResourceKind.SPRING_ROUTES);
    }

    @Override
    public List<Refused> extension(ResourceKind kind, Collection<RawResource> changed, Collection<String> removed) {
        return springRoutes.apply(changed, removed);
    }

    @Override
    public List<Refused> secrets(Collection<SecretResource> changed, Collection<String> removed) {
        return engine.secrets(changed, removed);
    }

    @Override
    public List<Refused> clusters(Collection<ClusterResource> changed, Collection<String> removed) {
        return engine.clusters(changed, removed);
    }

    @Override
    public List<Refused> endpoints(Collection<EndpointsResource> changed, Collection<String> removed) {
        return engine.endpoints(changed, removed);
    }

    @Override
    public List<Refused> listeners(Collection<ListenerResource> changed, Collection<String> removed) {
        return engine.listeners(changed, removed);
    }

    @Override
    public List<Refused> routes(Collection<RouteConfigResource> changed, Collection<String> removed) {
        return engine.routes(changed, removed);
    }
}
