package io.weft.pilot.source;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An author's document without what a server adds, so that equal configuration is an equal document. */
public final class StoredDocument {

    private static final List<String> SERVERS_OWN = List.of(
            "creationTimestamp",
            "resourceVersion",
            "generation",
            "uid",
            "selfLink",
            "managedFields",
            "deletionTimestamp",
            "deletionGracePeriodSeconds");

    private StoredDocument() {}

    /** The document without status, and without what only a server writes into metadata. */
    public static Map<String, Object> of(Map<String, ?> document) {
        Map<String, Object> stored = new LinkedHashMap<>(document);
        stored.remove("status");
        if (stored.get("metadata") instanceof Map<?, ?> metadata) {
            Map<Object, Object> kept = new LinkedHashMap<>(metadata);
            SERVERS_OWN.forEach(kept::remove);
            stored.put("metadata", kept);
        }
        return stored;
    }

    /** Whether two say the same, even if only one of them spells out the namespace both have. */
    public static boolean same(Map<String, ?> stored, Map<String, ?> other) {
        return stored.equals(other) || withoutNamespace(stored).equals(withoutNamespace(other));
    }

    private static Map<String, Object> withoutNamespace(Map<String, ?> document) {
        Map<String, Object> bare = new LinkedHashMap<>(document);
        if (bare.get("metadata") instanceof Map<?, ?> metadata) {
            Map<Object, Object> kept = new LinkedHashMap<>(metadata);
            kept.remove("namespace");
            bare.put("metadata", kept);
        }
        return bare;
    }
}
