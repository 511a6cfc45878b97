package io.weft.demo.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** The kinds of {@code k8s/crds}, by {@code apiVersion} and kind. */
final class Definitions {

    private static final Map<String, JsonNode> SCHEMAS = new TreeMap<>();

    static {
        try {
            for (Path file : Manifests.files("k8s/crds")) {
                for (Manifest definition : Manifests.file(file)) {
                    definition.spec().path("versions").forEach(version -> SCHEMAS.put(
                            definition.spec().path("group").asString() + "/" + version.path("name").asString() + " "
                                    + definition.spec().path("names").path("kind").asString(),
                            version.path("schema").path("openAPIV3Schema")));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Definitions() {}

    static boolean has(Manifest object) {
        return SCHEMAS.containsKey(object.apiVersion() + " " + object.kind());
    }

    /** What an API server says against it; empty if nothing. */
    static List<String> problems(Manifest object) {
        JsonNode schema = SCHEMAS.get(object.apiVersion() + " " + object.kind());
        if (schema == null) {
            throw new AssertionError(object + " is of no kind in k8s/crds: " + SCHEMAS.keySet());
        }
        // Of metadata an API server takes care itself.
        return StructuralSchema.problems(schema, object.json()).stream().filter(problem -> !problem.startsWith(".metadata.")).toList();
    }

    /** Every field that may be set, of every kind, as {@code Kind.spec.list[].map{}.field}. */
    static Set<String> fields() {
        Set<String> fields = new TreeSet<>();
        SCHEMAS.forEach((kind, schema) -> fields(schema.path("properties").path("spec"), kind.substring(kind.indexOf(' ') + 1) + ".spec", fields));
        return fields;
    }

    private static void fields(JsonNode schema, String path, Set<String> fields) {
        boolean refused = schema.path("maxItems").asInt(1) == 0
                || schema.path("maxLength").asInt(1) == 0
                || Manifest.items(schema.path("x-kubernetes-validations")).stream().anyMatch(rule -> rule.path("rule").asString().equals("false"));
        if (refused) {
            return;
        }
        fields.add(path);
        schema.path("properties").propertyStream().forEach(each -> fields(each.getValue(), path + "." + each.getKey(), fields));
        if (schema.path("items").has("properties")) {
            fields(schema.path("items"), path + "[]", fields);
        }
        if (schema.path("additionalProperties").has("properties")) {
            fields(schema.path("additionalProperties"), path + "{}", fields);
        }
    }

    /** Calls back with every field that an object has, named as {@link #fields} names them. */
    static void visit(Manifest object, Consumer<String> visitor) {
        visit(SCHEMAS.get(object.apiVersion() + " " + object.kind()).path("properties").path("spec"), object.spec(), object.kind() + ".spec", visitor);
    }

    private static void visit(JsonNode schema, JsonNode value, String path, Consumer<String> visitor) {
        visitor.accept(path);
        if (value.isObject()) {
            boolean map = schema.has("additionalProperties");
            value.propertyStream().forEach(each -> visit(
                    map ? schema.path("additionalProperties") : schema.path("properties").path(each.getKey()),
                    each.getValue(),
                    path + (map ? "{}" : "." + each.getKey()),
                    visitor));
        }
        if (value.isArray()) {
            value.forEach(each -> visit(schema.path("items"), each, path + "[]", visitor));
        }
    }
}
