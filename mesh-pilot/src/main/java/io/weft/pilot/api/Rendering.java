package io.weft.pilot.api;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.WorkloadSpec;
import io.weft.pilot.source.AcceptedObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Objects and statuses as plain documents. */
final class Rendering {

    /** What stands in a Secret's place: values go in and never come out. */
    private static final String REDACTED = "<redacted>";

    private Rendering() {}

    /** What the author wrote, with the store's metadata, in the version asked for. */
    static Map<String, Object> object(AcceptedObject accepted, String version) {
        ObjectMeta meta = accepted.object().meta();
        Map<String, Object> rendered = new LinkedHashMap<>();
        rendered.put("apiVersion", meta.kind().apiVersion(version));
        rendered.put("kind", meta.kind().kindName());
        Map<Object, Object> metadata = new LinkedHashMap<>();
        if (accepted.document().get("metadata") instanceof Map<?, ?> written) {
            metadata.putAll(written);
        }
        addStored(metadata, meta);
        rendered.put("metadata", metadata);
        accepted.document().forEach(rendered::putIfAbsent);
        if (meta.kind() == Kind.SECRET) {
            redact(rendered, "data");
            redact(rendered, "stringData");
        }
        return rendered;
    }

    /** What a dry run would write. */
    static Map<String, Object> draft(Body body) {
        Map<String, Object> rendered = new LinkedHashMap<>(body.document());
        if (body.key().kind() == Kind.SECRET) {
            redact(rendered, "data");
            redact(rendered, "stringData");
        }
        return rendered;
    }

    private static void redact(Map<String, Object> rendered, String field) {
        if (rendered.get(field) instanceof Map<?, ?> values) {
            Map<Object, Object> keys = new LinkedHashMap<>();
            values.keySet().forEach(key -> keys.put(key, REDACTED));
            rendered.put(field, keys);
        }
    }

    /** A workload that registered itself: no author wrote it. */
    static Map<String, Object> registered(WorkloadEntry entry, String version) {
        WorkloadSpec spec = entry.spec();
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("labels", entry.meta().labels());
        metadata.put("annotations", entry.meta().annotations());
        addStored(metadata, entry.meta());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("address", spec.address());
        fields.put("ports", spec.ports());
        fields.put("labels", spec.labels());
        fields.put("network", spec.network());
        fields.put("locality", spec.locality());
        fields.put("weight", spec.weight());
        fields.put("serviceAccount", spec.serviceAccount());
        fields.values().removeIf(value -> value == null || value instanceof Map<?, ?> map && map.isEmpty());
        Map<String, Object> rendered = new LinkedHashMap<>();
        rendered.put("apiVersion", Kind.WORKLOAD_ENTRY.apiVersion(version));
        rendered.put("kind", Kind.WORKLOAD_ENTRY.kindName());
        rendered.put("metadata", metadata);
        rendered.put("spec", fields);
        return rendered;
    }

    private static void addStored(Map<? super String, Object> metadata, ObjectMeta meta) {
        metadata.put("name", meta.name());
        metadata.put("namespace", meta.namespace());
        metadata.put("uid", uid(meta));
        metadata.put("resourceVersion", meta.resourceVersion());
        metadata.put("generation", meta.generation());
        metadata.put("creationTimestamp", meta.creationTimestamp().toString());
    }

    private static String uid(ObjectMeta meta) {
        String identity = meta.key() + "@" + meta.creationTimestamp();
        return UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)).toString();
    }

    static Map<String, Object> list(Kind kind, String version, long stateVersion, List<Map<String, Object>> items) {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("apiVersion", kind.apiVersion(version));
        list.put("kind", kind.kindName() + "List");
        list.put("metadata", Map.of("resourceVersion", Long.toString(stateVersion)));
        list.put("items", items);
        return list;
    }

    static Map<String, Object> status(ApiException failure) {
        Map<String, Object> status = status("Failure", failure.code());
        status.put("reason", failure.reason());
        status.put("message", failure.getMessage());
        if (!failure.causes().isEmpty()) {
            List<Map<String, Object>> causes = new ArrayList<>();
            for (Problem problem : failure.causes()) {
                Map<String, Object> cause = new LinkedHashMap<>();
                cause.put("reason", "FieldValueInvalid");
                cause.put("field", problem.field());
                cause.put("message", problem.message());
                causes.add(cause);
            }
            status.put("details", Map.of("causes", causes));
        }
        return status;
    }

    static Map<String, Object> deleted(ConfigObject object) {
        Map<String, Object> status = status("Success", 200);
        status.put("message", object.key() + " deleted");
        return status;
    }

    private static Map<String, Object> status(String outcome, int code) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("apiVersion", "v1");
        status.put("kind", "Status");
        status.put("status", outcome);
        status.put("code", code);
        return status;
    }
}
