package io.weft.pilot.source.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a watch remembers: of each object its name, and which version of it was seen last. All else is in the mesh's own records by then; a Pod whole is a
 * hundred times as large as what the mesh needs of it.
 */
final class SeenVersions implements ItemStore<GenericKubernetesResource> {

    private final Map<String, GenericKubernetesResource> seen = new ConcurrentHashMap<>();

    private static GenericKubernetesResource bare(GenericKubernetesResource object) {
        ObjectMeta meta = new ObjectMeta();
        meta.setName(object.getMetadata().getName());
        meta.setNamespace(object.getMetadata().getNamespace());
        meta.setResourceVersion(object.getMetadata().getResourceVersion());
        GenericKubernetesResource bare = new GenericKubernetesResource();
        bare.setMetadata(meta);
        return bare;
    }

    @Override
    public String getKey(GenericKubernetesResource object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        return seen.put(key, bare(object));
    }

    @Override
    public @Nullable GenericKubernetesResource remove(String key) {
        return seen.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return seen.keySet().stream();
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
        return seen.values().stream();
    }

    @Override
    public int size() {
        return seen.size();
    }

    @Override
    public @Nullable GenericKubernetesResource get(String key) {
        return seen.get(key);
    }

    /** What is new is told at once, not when everything has been listed: it could not be told from here then. */
    @Override
    public boolean isFullState() {
        return false;
    }
}
