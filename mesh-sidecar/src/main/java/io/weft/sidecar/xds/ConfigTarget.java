package io.weft.sidecar.xds;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.SecretResource;
import java.util.Collection;
import java.util.List;

/** What configuration is for: the engine. Each call returns what was not taken; the rest is in force. */
public interface ConfigTarget {

    List<Refused> secrets(Collection<SecretResource> changed, Collection<String> removed);

    List<Refused> clusters(Collection<ClusterResource> changed, Collection<String> removed);

    List<Refused> endpoints(Collection<EndpointsResource> changed, Collection<String> removed);

    List<Refused> listeners(Collection<ListenerResource> changed, Collection<String> removed);

    List<Refused> routes(Collection<RouteConfigResource> changed, Collection<String> removed);

    /** A resource that was not taken, and why; the one in force before stays. */
    record Refused(String name, String reason) {}
}
