package io.weft.pilot.model.parse;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.Names;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.Problem;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From a document to a record, or to what is wrong with it. */
public final class ObjectParser {

    private static final String DEFAULT_NAMESPACE = "default";

    private ObjectParser() {}

    /** Parses a document that a reader of this package made. */
    public static ParseOutcome parse(@Nullable Object document) {
        Problems problems = new Problems();
        if (!(document instanceof Map<?, ?> untyped)) {
            problems.add(new Problem("", "not an object (expected: a mapping with apiVersion, kind and metadata)"));
            return new ParseOutcome(null, null, Map.of(), problems.toList());
        }
        // Safe: the readers make no other maps.
        @SuppressWarnings("unchecked")
        Map<String, ?> map = (Map<String, ?>) untyped;
        Fields top = new Fields(map, "", problems);
        Kind kind = kind(top, problems);
        ObjectMeta meta = top.requiredChild("metadata", fields -> meta(fields, kind));
        // Without a name, or with an unfit one, nobody can say which object this is.
        boolean identified = kind != null && isIdentity(kind, meta);
        ObjectKey key = identified ? meta.key() : null;
        if (kind == null) {
            return new ParseOutcome(null, null, map, problems.toList());
        }
        ConfigObject object = object(kind, meta, top);
        top.ignored("status");
        top.done();
        return new ParseOutcome(key, problems.isEmpty() ? object : null, map, problems.toList());
    }

    private static @Nullable Kind kind(Fields top, Problems problems) {
        String apiVersion = top.requiredString("apiVersion");
        String name = top.requiredString("kind");
        Optional<Kind> kind = Kind.ofName(name);
        if (kind.isEmpty()) {
            List<String> names = Arrays.stream(Kind.values()).map(Kind::kindName).toList();
            if (!name.isEmpty()) {
                String hint = NearMatch.of(name, names)
                        .map(near -> "did you mean `" + near + "`?")
                        .orElseGet(() -> "expected: one of " + names);
                problems.add(new Problem("kind", "unknown kind " + Problem.shown(name) + " (" + hint + ")"));
            }
            return null;
        }
        List<String> versions = kind.get().versions().stream().map(kind.get()::apiVersion).toList();
        if (!apiVersion.isEmpty() && !versions.contains(apiVersion)) {
            problems.add(Problem.expected(
                    "apiVersion", apiVersion, (versions.size() == 1 ? "" : "one of ") + String.join(", ", versions)));
            return null;
        }
        return apiVersion.isEmpty() ? null : kind.get();
    }

    private static ObjectMeta meta(Fields fields, @Nullable Kind kind) {
        fields.ignored(
                "creationTimestamp",
                "resourceVersion",
                "generation",
                "uid",
                "selfLink",
                "managedFields",
                "ownerReferences",
                "finalizers",
                "deletionTimestamp",
                "deletionGracePeriodSeconds");
        fields.unsupported("generateName");
        String name = fields.requiredString("name");
        String namespace = fields.string("namespace");
        if (!name.isEmpty() && !Names.isSubdomain(name)) {
            fields.problems().add(Problem.expected(fields.path("name"), name, Names.SUBDOMAIN));
        }
        if (namespace != null && !Names.isLabel(namespace)) {
            fields.problems().add(Problem.expected(fields.path("namespace"), namespace, Names.LABEL));
        }
        return new ObjectMeta(
                kind == null ? Kind.SERVICE : kind,
                namespace == null ? DEFAULT_NAMESPACE : namespace,
                name,
                fields.stringMap("labels"),
                fields.stringMap("annotations"),
                Instant.EPOCH,
                "",
                1);
    }

    private static boolean isIdentity(Kind kind, ObjectMeta meta) {
        return meta.kind() == kind && Names.isSubdomain(meta.name()) && Names.isLabel(meta.namespace());
    }

    private static @Nullable ConfigObject object(Kind kind, ObjectMeta meta, Fields top) {
        if (kind == Kind.SECRET) {
            return CoreReader.secret(meta, top);
        }
        if (!top.has("spec")) {
            return spec(kind, meta, new Fields(Map.of(), "spec", top.problems()));
        }
        return top.child("spec", fields -> spec(kind, meta, fields));
    }

    static ConfigObject spec(Kind kind, ObjectMeta meta, Fields spec) {
        return switch (kind) {
            case GATEWAY -> GatewayReader.read(meta, spec);
            case VIRTUAL_SERVICE -> VirtualServiceReader.read(meta, spec);
            case DESTINATION_RULE -> DestinationRuleReader.read(meta, spec);
            case SERVICE_ENTRY -> WorkloadReader.serviceEntry(meta, spec);
            case WORKLOAD_ENTRY -> WorkloadReader.workloadEntry(meta, spec);
            case WORKLOAD_GROUP -> WorkloadReader.workloadGroup(meta, spec);
            case SIDECAR -> SidecarReader.read(meta, spec);
            case PEER_AUTHENTICATION -> SecurityReader.peerAuthentication(meta, spec);
            case AUTHORIZATION_POLICY -> SecurityReader.authorizationPolicy(meta, spec);
            case TELEMETRY -> TelemetryReader.read(meta, spec);
            case SPRING_ROUTE -> SpringRouteReader.read(meta, spec);
            case SERVICE -> CoreReader.service(meta, spec);
            case SECRET -> throw new IllegalStateException("a Secret has no spec");
        };
    }
}
