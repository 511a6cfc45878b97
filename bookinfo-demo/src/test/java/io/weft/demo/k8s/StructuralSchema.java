package io.weft.demo.k8s;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A structural schema as an API server holds an object against it, unknown fields refused. Rules in CEL are left to the API server, but for the rule
 * {@code false}. A keyword that this class does not know is an error, not a keyword to pass over.
 */
final class StructuralSchema {

    private static final Set<String> SAYS_NOTHING = Set.of("description", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string");

    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private final List<String> problems = new ArrayList<>();

    private StructuralSchema() {}

    /** What is wrong with the value; empty if nothing is. */
    static List<String> problems(JsonNode schema, JsonNode value) {
        StructuralSchema validation = new StructuralSchema();
        validation.check(schema, value, "");
        return validation.problems;
    }

    private void check(JsonNode schema, JsonNode value, String path) {
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            if (!SAYS_NOTHING.contains(keyword.getKey())) {
                check(keyword.getKey(), keyword.getValue(), schema, value, path);
            }
        }
        if (schema.path("x-kubernetes-int-or-string").asBoolean(false) && !value.isIntegralNumber() && !value.isString()) {
            problems.add(path + ": neither a whole number nor text");
        }
        boolean open = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean(false) || schema.has("additionalProperties");
        if (value.isObject() && !open) {
            value.propertyNames().forEach(name -> {
                if (!schema.path("properties").has(name)) {
                    problems.add(path + "." + name + ": unknown field");
                }
            });
        }
    }

    private void check(String keyword, JsonNode says, JsonNode schema, JsonNode value, String path) {
        switch (keyword) {
            case "type" -> require(isOf(says.asString(), value), path, "not of type " + says.asString());
            case "properties" -> says.propertyStream()
                    .filter(each -> value.has(each.getKey()))
                    .forEach(each -> check(each.getValue(), value.get(each.getKey()), path + "." + each.getKey()));
            case "additionalProperties" -> {
                if (value.isObject()) {
                    value.propertyStream().forEach(each -> check(says, each.getValue(), path + "." + each.getKey()));
                }
            }
            case "items" -> {
                if (value.isArray()) {
                    for (int i = 0; i < value.size(); i++) {
                        check(says, value.get(i), path + "[" + i + "]");
                    }
                }
            }
            case "required" -> says.forEach(name -> require(!value.isObject() || value.has(name.asString()), path, name + " is missing"));
            case "enum" -> require(Manifest.items(says).contains(value), path, "not one of " + says);
            case "pattern" -> require(!value.isString() || PATTERNS.computeIfAbsent(says.asString(), Pattern::compile).matcher(value.asString()).find(), path, "not like " + says);
            case "minimum" -> require(!value.isNumber() || value.asDouble() >= says.asDouble(), path, "below " + says);
            case "maximum" -> require(!value.isNumber() || value.asDouble() <= says.asDouble(), path, "above " + says);
            case "minLength" -> require(!value.isString() || length(value) >= says.asInt(), path, "shorter than " + says);
            case "maxLength" -> require(!value.isString() || length(value) <= says.asInt(), path, "longer than " + says);
            case "minItems" -> require(!value.isArray() || value.size() >= says.asInt(), path, "fewer than " + says);
            case "maxItems" -> require(!value.isArray() || value.size() <= says.asInt(), path, "more than " + says);
            case "minProperties" -> require(!value.isObject() || value.size() >= says.asInt(), path, "fewer than " + says);
            case "maxProperties" -> require(!value.isObject() || value.size() <= says.asInt(), path, "more than " + says);
            case "format" -> format(says.asString(), value, path);
            case "x-kubernetes-validations" -> says.forEach(rule ->
                    require(!rule.path("rule").asString().equals("false"), path, rule.path("message").asString()));
            default -> throw new AssertionError("schema has " + keyword + " at " + path + ": " + schema);
        }
    }

    private void format(String format, JsonNode value, String path) {
        switch (format) {
            case "int32" -> require(!value.isIntegralNumber() || value.canConvertToInt(), path, "beyond 32 bits");
            case "int64" -> require(!value.isIntegralNumber() || value.canConvertToLong(), path, "beyond 64 bits");
            case "double", "date-time" -> {}
            default -> throw new AssertionError("format " + format + " at " + path);
        }
    }

    private static boolean isOf(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            default -> throw new AssertionError("type " + type);
        };
    }

    private static int length(JsonNode text) {
        return text.asString().codePointCount(0, text.asString().length());
    }

    private void require(boolean holds, String path, String message) {
        if (!holds) {
            problems.add(path + ": " + message);
        }
    }
}
