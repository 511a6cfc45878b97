package io.weft.pilot.api;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.Names;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.SpringRoute;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.ParseLimits;
import io.weft.pilot.model.parse.ParseOutcome;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.validate.Validator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A route as Spring Cloud Gateway's Actuator takes it, on its way to an object.
 *
 * @param place of the route in a list; empty for one alone
 */
record RouteBody(String place, String id, Map<String, ?> fields) {

    private static final String SPEC = "spec.";
    private static final int MAX_NAME = 200;

    /** What is shown of a route and is nobody's to write. */
    private static final String SHOWN = "weft";

    /**
     * Reads one route, or a list of them.
     *
     * @param pathId the id in the path; null: the body says it
     */
    static List<RouteBody> read(byte[] bytes, Media media, @Nullable String pathId) throws ApiException {
        Object document = Body.plain(bytes, media);
        List<RouteBody> bodies = new ArrayList<>();
        if (document instanceof List<?> list && pathId == null) {
            if (list.isEmpty() || list.size() > ParseLimits.MAX_DOCUMENTS) {
                throw new ApiException(
                        400, "BadRequest", list.size() + " routes (expected: 1 to " + ParseLimits.MAX_DOCUMENTS + ")");
            }
            for (int i = 0; i < list.size(); i++) {
                bodies.add(one("[" + i + "]", list.get(i), null));
            }
        } else {
            bodies.add(one("", document, pathId));
        }
        return bodies;
    }

    private static RouteBody one(String place, @Nullable Object document, @Nullable String pathId) throws ApiException {
        if (!(document instanceof Map<?, ?> map)) {
            throw new ApiException(400, "BadRequest", "the body is not a route (expected: {id, uri, predicates, filters, order, metadata})");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        map.forEach((key, value) -> fields.put((String) key, value));
        String id = pathId;
        for (String name : List.of("id", "route_id")) {
            Object value = fields.remove(name);
            if (value == null) {
                continue;
            }
            if (!(value instanceof String text) || id != null && !id.equals(text)) {
                String expected = id == null ? "a string" : id + ", as " + (pathId == null ? "`id` says" : "in the path");
                throw invalid(place, List.of(Problem.expected(name, value, expected)));
            }
            id = text;
        }
        if (id == null) {
            throw invalid(place, List.of(Problem.missing("id", "the route's id")));
        }
        return new RouteBody(place, id, fields);
    }

    /** The key of a new object: its name is the id, or like it where a name cannot be so or is taken. */
    ObjectKey key(String namespace, Set<ObjectKey> taken) {
        ObjectKey plain = new ObjectKey(Kind.SPRING_ROUTE, namespace, id);
        if (Names.isSubdomain(id) && !taken.contains(plain)) {
            return plain;
        }
        StringBuilder name = new StringBuilder();
        for (char c : id.toLowerCase(Locale.ROOT).toCharArray()) {
            boolean fits = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
            if (name.length() < MAX_NAME && (fits || !name.isEmpty())) {
                name.append(fits ? c : '-');
            }
        }
        String unique = UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).toString().substring(0, 8);
        return new ObjectKey(Kind.SPRING_ROUTE, namespace, (name.isEmpty() ? "route" : name) + "-" + unique);
    }

    /** The route it makes, right in itself, or what is wrong with it. */
    SpringRoute route(ObjectKey key, @Nullable AcceptedObject before) throws ApiException {
        ParseOutcome outcome = ObjectParser.parse(document(key, before));
        ConfigObject object = outcome.object();
        List<Problem> problems = object == null ? outcome.problems() : Validator.validate(object);
        if (!problems.isEmpty() || !(object instanceof SpringRoute route)) {
            throw invalid(place, problems);
        }
        return route;
    }

    /** The object's document; of one that is there already all metadata stays. */
    Map<String, ?> document(ObjectKey key, @Nullable AcceptedObject before) {
        Map<Object, Object> metadata = new LinkedHashMap<>();
        if (before != null && before.document().get("metadata") instanceof Map<?, ?> written) {
            metadata.putAll(written);
        }
        metadata.put("name", key.name());
        metadata.put("namespace", key.namespace());
        Map<String, Object> spec = new LinkedHashMap<>();
        if (!id.equals(key.name())) {
            spec.put("id", id);
        }
        fields.forEach((name, value) -> {
            if (!name.equals(SHOWN)) {
                spec.put(name, value);
            }
        });
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("apiVersion", Kind.SPRING_ROUTE.apiVersion());
        document.put("kind", Kind.SPRING_ROUTE.kindName());
        document.put("metadata", metadata);
        document.put("spec", spec);
        return document;
    }

    /** The version its author has seen, or null. */
    @Nullable String expectedVersion() {
        return fields.get(SHOWN) instanceof Map<?, ?> shown && shown.get("resourceVersion") instanceof String version
                ? version
                : null;
    }

    private static ApiException invalid(String place, List<Problem> problems) {
        List<Problem> causes = asWritten(problems.stream()
                .map(problem -> place.isEmpty() ? problem : new Problem(place + "." + problem.field(), problem.message()))
                .toList());
        StringBuilder message = new StringBuilder("the route is invalid: ");
        for (int i = 0; i < causes.size(); i++) {
            message.append(i == 0 ? "" : "; ").append(causes.get(i));
        }
        return new ApiException(422, "Invalid", message.toString(), causes);
    }

    /** The fields as they stand in the body, where there is no {@code spec}. */
    static List<Problem> asWritten(List<Problem> problems) {
        return problems.stream()
                .map(problem -> {
                    String field = problem.field();
                    int spec = field.indexOf(SPEC);
                    boolean top = spec == 0 || spec > 0 && field.startsWith("[") && field.charAt(spec - 1) == '.';
                    return top ? new Problem(field.substring(0, spec) + field.substring(spec + SPEC.length()), problem.message()) : problem;
                })
                .toList();
    }
}
