package io.weft.pilot.generate;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything a proxy may be sent at one version of the mesh. Immutable; shared by equal proxies.
 */
public final class Snapshot {

    private static final Snapshot EMPTY = new Snapshot(0, Map.of());

    private final long meshVersion;
    private final Map<ResourceType, SortedMap<String, GeneratedResource>> resources;
    private final Map<ResourceType, String> versions;

    private Snapshot(long meshVersion, Map<ResourceType, SortedMap<String, GeneratedResource>> resources) {
        this.meshVersion = meshVersion;
        this.resources = resources;
        Map<ResourceType, String> hashes = new EnumMap<>(ResourceType.class);
        for (ResourceType type : ResourceType.values()) {
            hashes.put(type, versionOf(of(type)));
        }
        this.versions = hashes;
    }

    /** Sorts the resources by type and name; of two with one name the first stays. */
    public static Snapshot of(long meshVersion, Map<ResourceType, ? extends Collection<GeneratedResource>> generated) {
        Map<ResourceType, SortedMap<String, GeneratedResource>> sorted = new EnumMap<>(ResourceType.class);
        generated.forEach((type, list) -> {
            SortedMap<String, GeneratedResource> byName = new TreeMap<>();
            list.forEach(resource -> byName.putIfAbsent(resource.name(), resource));
            sorted.put(type, byName);
        });
        return new Snapshot(meshVersion, sorted);
    }

    public static Snapshot empty() {
        return EMPTY;
    }

    /** The version of the mesh state this was made from. */
    public long meshVersion() {
        return meshVersion;
    }

    public SortedMap<String, GeneratedResource> of(ResourceType type) {
        SortedMap<String, GeneratedResource> found = resources.get(type);
        return found == null ? java.util.Collections.emptySortedMap() : found;
    }

    /** One version for all resources of a type: changes exactly when one of them does. */
    public String version(ResourceType type) {
        return versions.getOrDefault(type, "");
    }

    private static String versionOf(SortedMap<String, GeneratedResource> resources) {
        StringBuilder all = new StringBuilder(resources.size() * 32);
        resources.forEach((name, resource) ->
                all.append(name).append('\0').append(resource.version()).append('\0'));
        return GeneratedResource.hash(all.toString().getBytes(StandardCharsets.UTF_8));
    }
}
