package io.weft.sidecar.xds;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.SecretResource;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** What configuration is for: the engine. Each call returns what was not taken; the rest is in force. */
public interface ConfigTarget {

    List<Refused> secrets(Collection<SecretResource> changed, Collection<String> removed);

    List<Refused> clusters(Collection<ClusterResource> changed, Collection<String> removed);

    List<Refused> endpoints(Collection<EndpointsResource> changed, Collection<String> removed);

    List<Refused> listeners(Collection<ListenerResource> changed, Collection<String> removed);

    List<Refused> routes(Collection<RouteConfigResource> changed, Collection<String> removed);

    /** Kinds beyond Envoy's that are asked for too; {@link #extension} takes them. */
    default Set<ResourceKind> extensions() {
        return Set.of();
    }

    /**
     * Resources of a kind that only its taker can read.
     *
     * @param changed as they came; names are theirs and unique
     */
    default List<Refused> extension(ResourceKind kind, Collection<RawResource> changed, Collection<String> removed) {
        throw new IllegalStateException(kind + " was not asked for");
    }

    /** A resource that was not taken, and why; the one in force before stays. */
    record Refused(String name, String reason) {}
}
