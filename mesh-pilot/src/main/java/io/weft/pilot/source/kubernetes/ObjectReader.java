package io.weft.pilot.source.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.Secret;
import io.weft.pilot.model.parse.JsonReader;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.ParseOutcome;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.validate.Validator;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** An object of the API server through the same strict parser as a file's. */
final class ObjectReader {

    private static final Logger log = LoggerFactory.getLogger(ObjectReader.class);

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** What kubectl notes down for itself: the whole object once more. */
    private static final String APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    /** Of Kubernetes' own kinds, which get new fields with each of its versions, only what the mesh means something by. */
    private static final List<String> SERVICE_FIELDS = List.of("type", "clusterIP", "clusterIPs", "externalName", "selector", "ports");

    /** Of a Secret, what TLS at a gateway needs: a Gateway's author names Secrets that he may not be allowed to read. */
    private static final List<String> SECRET_KEYS =
            Stream.of(Secret.CHAIN, Secret.KEY, Secret.ROOTS, Secret.REVOKED).flatMap(List::stream).toList();

    private static final Set<String> SECRET_TYPES = Set.of("kubernetes.io/tls", "Opaque");
    private static final List<String> PORT_FIELDS = List.of("name", "port", "targetPort", "protocol", "appProtocol");

    private ObjectReader() {}

    static SeenObject read(Kind kind, GenericKubernetesResource resource) {
        ObjectMeta meta = resource.getMetadata();
        ObjectKey key = key(kind, resource);
        String place = kind.plural() + (kind.group().isEmpty() ? "" : "." + kind.group()) + "/" + key.namespace() + "/" + key.name();
        String uid = Objects.requireNonNullElse(meta.getUid(), "");
        List<Problem> problems;
        try {
            ParseOutcome outcome = ObjectParser.parse(JsonReader.read(MAPPER.writeValueAsString(document(kind, resource))));
            ConfigObject object = outcome.object();
            problems = problems(kind, resource, outcome);
            if (object != null && problems.isEmpty()) {
                ConfigObject stored = object.withMeta(stored(object.meta(), meta));
                return new SeenObject(key, place, uid, new AcceptedObject(stored, outcome.document(), place, uid), List.of(), null);
            }
        } catch (UnreadableException unreadable) {
            problems = List.of(new Problem("", String.valueOf(unreadable.getMessage())));
        } catch (RuntimeException broken) {
            // A mistake of ours about one object must not keep the others from being read.
            log.error("{} cannot be read", place, broken);
            problems = List.of(new Problem("", "mesh-pilot fails on it; its log says why"));
        }
        return new SeenObject(key, place, uid, null, problems, standIn(key, resource));
    }

    private static List<Problem> problems(Kind kind, GenericKubernetesResource resource, ParseOutcome outcome) {
        Optional<Problem> unfit = kind == Kind.SECRET ? unfit(resource.getAdditionalProperties()) : Optional.empty();
        if (unfit.isPresent()) {
            return List.of(unfit.get());
        }
        ConfigObject object = outcome.object();
        return object == null ? outcome.problems() : Validator.validate(object);
    }

    private static @Nullable StandIn standIn(ObjectKey key, GenericKubernetesResource resource) {
        Map<String, String> annotations = Objects.requireNonNullElse(resource.getMetadata().getAnnotations(), Map.of());
        io.weft.pilot.model.ObjectMeta meta = io.weft.pilot.model.ObjectMeta.of(key.kind(), key.namespace(), key.name()).withAnnotations(annotations);
        return StandIn.of(stored(meta, resource.getMetadata()), resource.get("spec")).orElse(null);
    }

    private static io.weft.pilot.model.ObjectMeta stored(io.weft.pilot.model.ObjectMeta own, ObjectMeta meta) {
        return own.stored(
                created(meta.getCreationTimestamp()),
                Objects.requireNonNullElse(meta.getResourceVersion(), ""),
                Objects.requireNonNullElse(meta.getGeneration(), 1L));
    }

    static ObjectKey key(Kind kind, GenericKubernetesResource resource) {
        ObjectMeta meta = resource.getMetadata();
        return new ObjectKey(kind, Objects.requireNonNullElse(meta.getNamespace(), ""), meta.getName());
    }

    private static Instant created(@Nullable String timestamp) {
        try {
            return timestamp == null ? Instant.EPOCH : Instant.parse(timestamp);
        } catch (DateTimeException unreadable) {
            return Instant.EPOCH;
        }
    }

    /** What its author wrote. */
    private static Map<String, Object> document(Kind kind, GenericKubernetesResource resource) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("apiVersion", kind.apiVersion());
        document.put("kind", kind.kindName());
        document.put("metadata", metadata(resource.getMetadata()));
        Map<String, Object> fields = resource.getAdditionalProperties();
        switch (kind) {
            case SERVICE -> document.put("spec", service(fields.get("spec")));
            case SECRET -> document.putAll(secret(fields));
            default -> document.putAll(fields);
        }
        document.remove("status");
        return document;
    }

    private static Map<String, Object> metadata(ObjectMeta meta) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", meta.getName());
        if (meta.getNamespace() != null) {
            metadata.put("namespace", meta.getNamespace());
        }
        if (meta.getLabels() != null && !meta.getLabels().isEmpty()) {
            metadata.put("labels", meta.getLabels());
        }
        if (meta.getAnnotations() != null && !meta.getAnnotations().isEmpty()) {
            Map<String, String> annotations = new LinkedHashMap<>(meta.getAnnotations());
            annotations.remove(APPLIED);
            metadata.put("annotations", annotations);
        }
        return metadata;
    }

    private static Map<String, Object> service(@Nullable Object spec) {
        Map<String, Object> kept = only(spec, SERVICE_FIELDS);
        if (kept.get("ports") instanceof List<?> ports) {
            List<Object> keptPorts = new ArrayList<>();
            ports.forEach(port -> keptPorts.add(only(port, PORT_FIELDS)));
            kept.put("ports", keptPorts);
        }
        return kept;
    }

    private static Map<String, Object> secret(Map<String, Object> fields) {
        Map<String, Object> kept = only(fields, List.of("type"));
        kept.put("data", only(fields.get("data"), SECRET_KEYS));
        return kept;
    }

    /** Why a Secret that a Gateway names is none for TLS, if it is none. */
    private static Optional<Problem> unfit(Map<String, Object> secret) {
        Object type = secret.getOrDefault("type", "Opaque");
        if (!SECRET_TYPES.contains(type)) {
            return Optional.of(Problem.expected("type", type, "kubernetes.io/tls or Opaque, as a Gateway names it"));
        }
        return only(secret.get("data"), SECRET_KEYS).isEmpty()
                ? Optional.of(Problem.missing("data", "tls.crt and tls.key, cert and key, ca.crt or cacert, as a Gateway names it"))
                : Optional.empty();
    }

    private static Map<String, Object> only(@Nullable Object fields, List<String> names) {
        Map<String, Object> kept = new LinkedHashMap<>();
        if (fields instanceof Map<?, ?> map) {
            for (String name : names) {
                Object value = map.get(name);
                if (value != null) {
                    kept.put(name, value);
                }
            }
        }
        return kept;
    }
}
