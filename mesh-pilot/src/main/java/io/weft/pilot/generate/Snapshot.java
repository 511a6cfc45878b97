package io.weft.pilot.generate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything a proxy may be sent at one version of the mesh. Immutable; shared by equal proxies.
 */
public final class Snapshot {

    private static final Snapshot EMPTY = new Snapshot(0, Map.of());

    private final long meshVersion;
    private final Map<ResourceType, Typed> resources;

    private Snapshot(long meshVersion, Map<ResourceType, Typed> resources) {
        this.meshVersion = meshVersion;
        this.resources = resources;
    }

    /** The resources of a type, and one version for all of them. */
    private record Typed(SortedMap<String, GeneratedResource> byName, String version) {

        static final Typed NONE = new Typed(Collections.emptySortedMap(), hash("", List.of()));

        /** These and more; of two with one name the first stays. */
        Typed and(Collection<GeneratedResource> more) {
            SortedMap<String, GeneratedResource> all = new TreeMap<>(byName);
            List<GeneratedResource> added = new ArrayList<>(more.size());
            for (GeneratedResource resource : more) {
                if (all.putIfAbsent(resource.name(), resource) == null) {
                    added.add(resource);
                }
            }
            added.sort(Comparator.comparing(GeneratedResource::name));
            return new Typed(Collections.unmodifiableSortedMap(all), hash(version, added));
        }

        private static String hash(String before, List<GeneratedResource> resources) {
            StringBuilder all = new StringBuilder(before.length() + resources.size() * 64).append(before).append('\0');
            resources.forEach(resource ->
                    all.append(resource.name()).append('\0').append(resource.version()).append('\0'));
            return GeneratedResource.hash(all.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Sorts the resources by type and name; of two with one name the first stays. */
    public static Snapshot of(long meshVersion, Map<ResourceType, ? extends Collection<GeneratedResource>> generated) {
        return new Snapshot(meshVersion, Map.of()).with(generated);
    }

    /** This and more, under the same version of the mesh; types that nothing is added to are shared with this one. */
    Snapshot with(Map<ResourceType, ? extends Collection<GeneratedResource>> more) {
        Map<ResourceType, Typed> all = new EnumMap<>(ResourceType.class);
        all.putAll(resources);
        more.forEach((type, list) -> {
            if (!list.isEmpty()) {
                all.put(type, typed(type).and(list));
            }
        });
        return new Snapshot(meshVersion, all);
    }

    private Typed typed(ResourceType type) {
        return resources.getOrDefault(type, Typed.NONE);
    }

    public static Snapshot empty() {
        return EMPTY;
    }

    /** The version of the mesh state this was made from. */
    public long meshVersion() {
        return meshVersion;
    }

    public SortedMap<String, GeneratedResource> of(ResourceType type) {
        return typed(type).byName();
    }

    /** One version for all resources of a type: changes exactly when one of them does. */
    public String version(ResourceType type) {
        return typed(type).version();
    }
}
