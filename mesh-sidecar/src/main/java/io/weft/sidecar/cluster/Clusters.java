package io.weft.sidecar.cluster;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All clusters by name. Changes come one at a time; lookups from any thread. */
public final class Clusters implements AutoCloseable {
    private final ClusterEnvironment environment;
    private final ConcurrentHashMap<String, ClusterRef> refs = new ConcurrentHashMap<>();
    private final Map<String, EndpointsResource> endpoints = new HashMap<>();

    public Clusters(ClusterEnvironment environment) {
        this.environment = environment;
    }

    /** For whoever refers to a cluster, whether it is there or not. */
    public ClusterRef ref(String name) {
        return refs.computeIfAbsent(name, ClusterRef::new);
    }

    /** For a name that came with a request: remembering those would let a client fill the memory. */
    public @Nullable ClusterRef existing(String name) {
        ClusterRef ref = refs.get(name);
        return ref == null || ref.get() == null ? null : ref;
    }

    public @Nullable Cluster get(String name) {
        ClusterRef ref = refs.get(name);
        return ref == null ? null : ref.get();
    }

    /** Adds or replaces; the same resource again changes nothing. */
    public synchronized void put(ClusterResource resource) {
        ClusterRef ref = ref(resource.name());
        Cluster before = ref.get();
        if (before != null && before.resource().equals(resource)) {
            return;
        }
        Cluster next = new Cluster(resource, environment);
        EndpointsResource said = endpoints.get(resource.edsName());
        if (resource.type() == ClusterResource.Type.EDS && said != null) {
            next.endpoints(said);
        }
        ref.set(next);
        if (before != null) {
            before.close();
        }
    }

    public synchronized void remove(String name) {
        ClusterRef ref = refs.get(name);
        Cluster before = ref == null ? null : ref.get();
        if (ref != null && before != null) {
            ref.set(null);
            before.close();
            environment.metrics().removeIf(key -> key.labels().size() >= 2
                    && key.labels().get(0).equals("envoy_cluster_name") && key.labels().get(1).equals(name));
        }
    }

    public synchronized void endpoints(EndpointsResource said) {
        endpoints.put(said.clusterName(), said);
        for (Cluster cluster : all()) {
            if (cluster.resource().type() == ClusterResource.Type.EDS && cluster.resource().edsName().equals(said.clusterName())) {
                cluster.endpoints(said);
            }
        }
    }

    public synchronized void removeEndpoints(String name) {
        if (endpoints.remove(name) != null) {
            EndpointsResource none = new EndpointsResource(name, List.of(), 140);
            for (Cluster cluster : all()) {
                if (cluster.resource().type() == ClusterResource.Type.EDS && cluster.resource().edsName().equals(name)) {
                    cluster.endpoints(none);
                }
            }
        }
    }

    public List<Cluster> all() {
        List<Cluster> live = new ArrayList<>();
        for (ClusterRef ref : refs.values()) {
            Cluster cluster = ref.get();
            if (cluster != null) {
                live.add(cluster);
            }
        }
        return live;
    }

    @Override
    public synchronized void close() {
        all().forEach(cluster -> remove(cluster.name()));
    }
}
