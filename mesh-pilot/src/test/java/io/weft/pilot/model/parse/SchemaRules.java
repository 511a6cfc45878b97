package io.weft.pilot.model.parse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What crds/rules.yaml says about fields, put into the schemas that the readers gave. */
final class SchemaRules {

    private static final String UNSUPPORTED = "unsupported";
    private static final String ANYTHING = "x-kubernetes-preserve-unknown-fields";
    private static final String VALIDATIONS = "x-kubernetes-validations";
    private static final Set<String> MATCH = Set.of("exact", "prefix", "regex");

    private final List<Rule> rules;

    private SchemaRules(List<Rule> rules) {
        this.rules = rules;
    }

    static SchemaRules read() {
        List<Rule> rules = new ArrayList<>();
        for (Object each : (List<?>) resource("rules.yaml")) {
            Map<?, ?> rule = (Map<?, ?>) each;
            for (Object at : (List<?>) rule.get("at")) {
                rules.add(new Rule((String) at, rule));
            }
        }
        return new SchemaRules(rules);
    }

    static Object resource(String name) {
        try (InputStream in = SchemaRules.class.getResourceAsStream("/crds/" + name)) {
            return YamlReader.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException | UnreadableException e) {
            throw new IllegalStateException("crds/" + name, e);
        }
    }

    /** Applies every rule that fits to a schema and what is in it. */
    void refine(String path, Map<String, Object> schema) {
        if (properties(schema) != null && properties(schema).keySet().equals(MATCH)) {
            atMostOneOf(schema, List.copyOf(new TreeSet<>(MATCH)));
        }
        for (Rule rule : rules) {
            if (rule.fits(path)) {
                rule.used = true;
                apply(rule, schema);
            }
        }
        Map<String, Map<String, Object>> properties = properties(schema);
        if (properties != null) {
            properties.forEach((name, each) -> refine(path + "." + name, each));
        }
        step(path + "[]", schema.get("items"));
        step(path + "{}", schema.get("additionalProperties"));
        if (schema.isEmpty() || schema.containsKey(UNSUPPORTED)) {
            throw new IllegalStateException(path + " needs a rule in crds/rules.yaml that says its type");
        }
    }

    /** Those that fit nothing. */
    List<String> unused() {
        return rules.stream().filter(rule -> !rule.used).map(rule -> rule.at).toList();
    }

    private void step(String path, @Nullable Object schema) {
        if (schema instanceof Map<?, ?> map && !map.containsKey(ANYTHING)) {
            refine(path, mapping(map));
        }
    }

    private static void apply(Rule rule, Map<String, Object> schema) {
        if (rule.says.get(UNSUPPORTED) instanceof String type) {
            schema.clear();
            schema.putAll(unsupported(type));
        }
        if (rule.says.get("set") instanceof Map<?, ?> set) {
            set.forEach((key, value) -> {
                if (key.equals(VALIDATIONS)) {
                    ((List<?>) value).forEach(each -> validate(schema, text(each, "rule"), text(each, "message")));
                } else {
                    schema.put((String) key, value);
                }
            });
        }
        if (rule.says.get("required") instanceof List<?> names) {
            Set<String> required = new TreeSet<>(names(names));
            required.addAll(names((List<?>) schema.getOrDefault("required", List.of())));
            schema.put("required", new ArrayList<>(required));
        }
        if (rule.says.get("anyOf") instanceof List<?> names) {
            validate(schema, has(names(names), " || "), "expected: at least one of " + words(names(names)));
        }
        if (rule.says.get("oneOf") instanceof List<?> names) {
            validate(schema, count(names(names)) + " == 1", "expected: exactly one of " + words(names(names)));
        }
        if (rule.says.get("atMostOneOf") instanceof List<?> names) {
            atMostOneOf(schema, names(names));
        }
    }

    private static Map<String, Object> unsupported(String type) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", "Not supported by mesh-pilot.");
        schema.put("type", type.endsWith("s") ? "array" : type);
        switch (type) {
            case "object" -> schema.put(ANYTHING, true);
            case "objects" -> schema.put("items", anyObject());
            case "strings" -> schema.put("items", new LinkedHashMap<>(Map.of("type", "string")));
            default -> {}
        }
        validate(schema, "false", "not supported by this mesh-pilot (expected: unset)");
        return schema;
    }

    private static String text(Object rule, String name) {
        return (String) ((Map<?, ?>) rule).get(name);
    }

    private static Map<String, Object> anyObject() {
        Map<String, Object> any = new LinkedHashMap<>();
        any.put("type", "object");
        any.put(ANYTHING, true);
        return any;
    }

    private static void atMostOneOf(Map<String, Object> schema, List<String> names) {
        String rule = names.size() == 2 ? "!(" + has(names, " && ") + ")" : count(names) + " <= 1";
        validate(schema, rule, "expected: only one of " + words(names));
    }

    private static String has(List<String> names, String between) {
        return names.stream().map(name -> "has(self." + name + ")").collect(Collectors.joining(between));
    }

    private static String count(List<String> names) {
        return names.stream().map(name -> "(has(self." + name + ") ? 1 : 0)").collect(Collectors.joining(" + "));
    }

    private static String words(List<String> names) {
        return String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.get(names.size() - 1);
    }

    private static void validate(Map<String, Object> schema, String rule, String message) {
        Map<String, Object> validation = new LinkedHashMap<>();
        validation.put("rule", rule);
        validation.put("message", message);
        List<Object> all = new ArrayList<>((List<?>) schema.getOrDefault(VALIDATIONS, List.of()));
        all.add(validation);
        schema.put(VALIDATIONS, all);
    }

    private static List<String> names(List<?> names) {
        return names.stream().map(String.class::cast).toList();
    }

    private static @Nullable Map<String, Map<String, Object>> properties(Map<String, Object> schema) {
        // Safe: RecordedFields makes no others.
        @SuppressWarnings("unchecked")
        Map<String, Map<String, Object>> properties = (Map<String, Map<String, Object>>) schema.get("properties");
        return properties;
    }

    private static Map<String, Object> mapping(Map<?, ?> map) {
        // Safe: RecordedFields makes no others.
        @SuppressWarnings("unchecked")
        Map<String, Object> typed = (Map<String, Object>) map;
        return typed;
    }

    private static final class Rule {

        private final String at;
        private final Map<?, ?> says;
        private boolean used;

        Rule(String at, Map<?, ?> says) {
            this.at = at;
            this.says = says;
        }

        boolean fits(String path) {
            return path.equals(at) || path.endsWith("." + at);
        }
    }
}
