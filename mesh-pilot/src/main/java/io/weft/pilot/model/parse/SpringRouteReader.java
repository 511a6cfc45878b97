package io.weft.pilot.model.parse;

import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.SpringRoute;
import io.weft.pilot.model.SpringUri;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a SpringRoute's {@code spec}: Spring Cloud Gateway's route definition, and which gateways get it. */
final class SpringRouteReader {

    /** Stands where a problem is on record; never leaves the parser. */
    private static final SpringUri NONE = SpringUri.mesh("");

    private SpringRouteReader() {}

    static SpringRoute read(ObjectMeta meta, Fields spec) {
        if (Boolean.FALSE.equals(spec.bool("enabled"))) {
            spec.problems().add(Problem.expected(spec.path("enabled"), false, "true or unset; a route that is not wanted is deleted"));
        }
        return new SpringRoute(
                meta,
                spec.stringMap("selector"),
                spec.string("id"),
                uri(spec),
                factories(spec, "predicates", true),
                factories(spec, "filters", false),
                spec.integer("order"),
                metadata(spec));
    }

    private static SpringUri uri(Fields spec) {
        String text = spec.requiredString("uri");
        SpringUri uri = text.isEmpty() ? null : SpringUris.read(spec.path("uri"), text, spec.problems());
        if (text.isEmpty() && spec.has("uri")) {
            spec.problems().add(Problem.expected(spec.path("uri"), text, SpringUris.FORMS));
        }
        return uri == null ? NONE : uri;
    }

    private static List<SpringRoute.Factory> factories(Fields spec, String name, boolean needArguments) {
        List<SpringRoute.Factory> factories = new ArrayList<>();
        Object value = spec.any(name);
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                String field = spec.path(name) + "[" + i + "]";
                SpringRoute.Factory factory = factory(field, list.get(i), needArguments, spec.problems());
                if (factory != null) {
                    factories.add(factory);
                }
            }
        } else if (value != null) {
            spec.problems().add(Problem.expected(spec.path(name), value instanceof Map ? "a mapping" : value, "a list"));
        }
        return factories;
    }

    private static SpringRoute.@Nullable Factory factory(
            String field, @Nullable Object value, boolean needArguments, Problems problems) {
        if (value instanceof String text) {
            return Shortcut.read(field, text, needArguments, problems);
        }
        if (!(value instanceof Map<?, ?> mapping)) {
            problems.add(new Problem(field, "neither text nor a mapping (expected: Name=argument,argument or {name, args})"));
            return null;
        }
        // Safe: the readers make no other maps.
        @SuppressWarnings("unchecked")
        Fields fields = new Fields((Map<String, ?>) mapping, field, problems);
        String name = fields.requiredString("name");
        Map<String, String> args = new LinkedHashMap<>();
        Object written = fields.any("args");
        if (written instanceof Map<?, ?> map) {
            new Arguments(args, problems).add(fields.path("args"), map);
        } else if (written != null) {
            problems.add(Problem.expected(fields.path("args"), written instanceof List ? "a list" : written, "a mapping"));
        }
        fields.done();
        return new SpringRoute.Factory(name, args);
    }

    private static Map<String, ?> metadata(Fields spec) {
        Object value = spec.any("metadata");
        if (value instanceof Map<?, ?> map) {
            // Safe: the readers make no other maps.
            @SuppressWarnings("unchecked")
            Map<String, ?> typed = (Map<String, ?>) map;
            return typed;
        }
        if (value != null) {
            spec.problems().add(Problem.expected(spec.path("metadata"), value instanceof List ? "a list" : value, "a mapping"));
        }
        return Map.of();
    }
}
