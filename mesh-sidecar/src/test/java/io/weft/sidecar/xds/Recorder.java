package io.weft.sidecar.xds;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.SecretResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Remembers what is in force, and in which order it came. */
final class Recorder implements ConfigTarget {
    final Map<String, ClusterResource> clusters = new ConcurrentHashMap<>();
    final Map<String, EndpointsResource> endpoints = new ConcurrentHashMap<>();
    final Map<String, ListenerResource> listeners = new ConcurrentHashMap<>();
    final Map<String, RouteConfigResource> routes = new ConcurrentHashMap<>();
    final Map<String, SecretResource> secrets = new ConcurrentHashMap<>();
    final List<String> order = new CopyOnWriteArrayList<>();
    final Map<String, RawResource> springRoutes = new ConcurrentHashMap<>();
    volatile Set<ResourceKind> extensions = Set.of();
    /** Names that are not taken. */
    volatile Set<String> refuse = Set.of();

    private <T> List<Refused> keep(
            String kind, Map<String, T> into, Collection<T> changed, Function<T, String> name, Collection<String> removed) {
        List<Refused> refused = new ArrayList<>();
        for (T resource : changed) {
            if (refuse.contains(name.apply(resource))) {
                refused.add(new Refused(name.apply(resource), "the engine does not take it"));
                continue;
            }
            into.put(name.apply(resource), resource);
            order.add(kind + " " + name.apply(resource));
        }
        removed.forEach(gone -> {
            into.remove(gone);
            order.add(kind + " -" + gone);
        });
        return refused;
    }

    @Override
    public List<Refused> secrets(Collection<SecretResource> changed, Collection<String> removed) {
        return keep("secret", secrets, changed, SecretResource::name, removed);
    }

    @Override
    public List<Refused> clusters(Collection<ClusterResource> changed, Collection<String> removed) {
        return keep("cluster", clusters, changed, ClusterResource::name, removed);
    }

    @Override
    public List<Refused> endpoints(Collection<EndpointsResource> changed, Collection<String> removed) {
        return keep("endpoints", endpoints, changed, EndpointsResource::clusterName, removed);
    }

    @Override
    public List<Refused> listeners(Collection<ListenerResource> changed, Collection<String> removed) {
        return keep("listener", listeners, changed, ListenerResource::name, removed);
    }

    @Override
    public List<Refused> routes(Collection<RouteConfigResource> changed, Collection<String> removed) {
        return keep("routes", routes, changed, RouteConfigResource::name, removed);
    }

    @Override
    public Set<ResourceKind> extensions() {
        return extensions;
    }

    @Override
    public List<Refused> extension(ResourceKind kind, Collection<RawResource> changed, Collection<String> removed) {
        List<Refused> refused = new ArrayList<>();
        removed.forEach(springRoutes::remove);
        for (RawResource raw : changed) {
            if (refuse.contains(raw.name())) {
                refused.add(new Refused(raw.name(), "filters[0]: Nonsense (expected: a filter)"));
            } else {
                springRoutes.put(raw.name(), raw);
            }
        }
        return refused;
    }
}
