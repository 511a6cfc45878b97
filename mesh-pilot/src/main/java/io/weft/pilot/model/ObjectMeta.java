package io.weft.pilot.model;

import java.time.Instant;
import java.util.Comparator;
import java.util.Map;

/**
 * An object's metadata.
 *
 * @param creationTimestamp when this mesh first saw the object; kept across restarts, because
 *     of two objects that conflict the older wins
 * @param resourceVersion changes with every change of the object; empty before the object is stored
 * @param generation counts the changes of the object, from 1
 */
public record ObjectMeta(
        Kind kind,
        String namespace,
        String name,
        Map<String, String> labels,
        Map<String, String> annotations,
        Instant creationTimestamp,
        String resourceVersion,
        long generation) {

    /** Oldest first, then name, then namespace: the order in which the reference mesh settles conflicts. */
    public static final Comparator<ObjectMeta> OLDEST_FIRST = Comparator.comparing(ObjectMeta::creationTimestamp)
            .thenComparing(ObjectMeta::name)
            .thenComparing(ObjectMeta::namespace);

    public ObjectMeta {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /** Metadata of an object that is not stored yet, or that this process makes itself. */
    public static ObjectMeta of(Kind kind, String namespace, String name) {
        return new ObjectMeta(kind, namespace, name, Map.of(), Map.of(), Instant.EPOCH, "", 1);
    }

    public ObjectKey key() {
        return new ObjectKey(kind, namespace, name);
    }

    public ObjectMeta withLabels(Map<String, String> newLabels) {
        return new ObjectMeta(
                kind, namespace, name, newLabels, annotations, creationTimestamp, resourceVersion, generation);
    }

    public ObjectMeta withAnnotations(Map<String, String> newAnnotations) {
        return new ObjectMeta(
                kind, namespace, name, labels, newAnnotations, creationTimestamp, resourceVersion, generation);
    }

    /** The same object as the store knows it. */
    public ObjectMeta stored(Instant created, String version, long newGeneration) {
        return new ObjectMeta(kind, namespace, name, labels, annotations, created, version, newGeneration);
    }
}
