package io.weft.pilot.state;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.registry.MeshEndpoint;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.registry.ServiceKey;
import io.weft.pilot.registry.ServiceView;
import io.weft.pilot.model.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything accepted, at one moment. Immutable: whoever holds one sees a mesh that fits together.
 */
public final class MeshState {

    private final long version;
    private final MeshSettings settings;
    private final Map<Kind, List<ConfigObject>> byKind;
    private final Map<ObjectKey, ConfigObject> byKey;
    private final ServiceView view;

    private MeshState(
            long version,
            MeshSettings settings,
            Map<Kind, List<ConfigObject>> byKind,
            Map<ObjectKey, ConfigObject> byKey,
            ServiceView view) {
        this.version = version;
        this.settings = settings;
        this.byKind = byKind;
        this.byKey = byKey;
        this.view = view;
    }

    /** A state without any object. */
    public static MeshState empty(MeshSettings settings) {
        return of(0, settings, List.of(), ServiceView.EMPTY);
    }

    /**
     * A state of these objects.
     *
     * @param objects no two with the same key
     * @param view services and endpoints made from the same objects
     */
    public static MeshState of(
            long version, MeshSettings settings, Collection<? extends ConfigObject> objects, ServiceView view) {
        Map<ObjectKey, ConfigObject> byKey = new LinkedHashMap<>();
        Map<Kind, List<ConfigObject>> byKind = new HashMap<>();
        List<ConfigObject> sorted = new ArrayList<>(objects);
        sorted.sort(Comparator.comparing(ConfigObject::meta, ObjectMeta.OLDEST_FIRST));
        for (ConfigObject object : sorted) {
            if (byKey.put(object.key(), object) != null) {
                throw new IllegalArgumentException("twice in one state: " + object.key());
            }
            byKind.computeIfAbsent(object.meta().kind(), kind -> new ArrayList<>()).add(object);
        }
        byKind.replaceAll((kind, list) -> List.copyOf(list));
        return new MeshState(
                version, settings, Map.copyOf(byKind), Collections.unmodifiableMap(byKey), view);
    }

    /** Rises with every change; within one process only. */
    public long version() {
        return version;
    }

    public MeshSettings settings() {
        return settings;
    }

    /** All objects of a kind in all namespaces, oldest first ({@link ObjectMeta#OLDEST_FIRST}). */
    public <T extends ConfigObject> List<T> all(Class<T> type) {
        // Safe: an object is filed under the kind whose type it is.
        @SuppressWarnings("unchecked")
        List<T> objects = (List<T>) byKind.getOrDefault(kind(type), List.of());
        return objects;
    }

    /** All objects of a kind in one namespace, oldest first. */
    public <T extends ConfigObject> List<T> all(Class<T> type, String namespace) {
        return all(type).stream().filter(object -> object.namespace().equals(namespace)).toList();
    }

    public <T extends ConfigObject> Optional<T> get(Class<T> type, String namespace, String name) {
        return Optional.ofNullable(byKey.get(new ObjectKey(kind(type), namespace, name))).map(type::cast);
    }

    /** All services, oldest first. */
    public List<MeshService> services() {
        return view.services();
    }

    /** @param hostname fully qualified, lower-case */
    public Optional<MeshService> service(String hostname, String namespace) {
        return view.service(hostname, namespace);
    }

    /** Every endpoint of a service's port, also those not in rotation ({@link MeshEndpoint#inRotation}). */
    public List<MeshEndpoint> endpoints(ServiceKey service, int port) {
        return view.endpoints(service, port);
    }

    /** Every object, oldest first. */
    public Collection<ConfigObject> objects() {
        return byKey.values();
    }

    private static Kind kind(Class<? extends ConfigObject> type) {
        return Kind.ofType(type).orElseThrow(() -> new IllegalArgumentException("not a kind: " + type.getName()));
    }
}
