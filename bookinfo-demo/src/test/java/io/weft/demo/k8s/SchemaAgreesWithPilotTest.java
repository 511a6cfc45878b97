package io.weft.demo.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.ParseOutcome;
import io.weft.pilot.validate.Validator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * An API server and mesh-pilot are of one mind about an object. Every rule file of ours and what mesh-pilot is tested with fits the schemas; then each of
 * their values is replaced by many others: what a schema refuses mesh-pilot refuses, and what mesh-pilot cannot read a schema refuses. (Rules about
 * several fields, in CEL, are for the test of mesh-pilot that has a real API server.)
 */
class SchemaAgreesWithPilotTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static final List<Object> OTHERS = new ArrayList<>();

    static {
        for (Object value : new Object[] {
            "", "x", "A b", "a/b", "*", "-1", "80", "0s", "5s", "1ns", "1.5h", "-5s", "5", "s", "HTTP", "http", "UNSET", "RANDOM", "LEAST_CONN", "STRICT", "é",
            "x".repeat(64), "x".repeat(300), "/x", "10.0.0.1", "127.0.0.1:80", "./x", "~/*", true, false, 0L, 1L, -1L, 80L, 65_535L, 65_536L, 100L, 101L, 200L,
            600L, 2_147_483_647L, 2_147_483_648L, -2_147_483_648L, 1.5, -0.5, Map.of(), Map.of("zzz", 1L), Map.of("zzz", "x"), List.of(), List.of("x"), List.of(1L), List.of(Map.of())
        }) {
            OTHERS.add(value);
        }
    }

    /** Fields whose text is a language of its own, and what a schema says by a rule in CEL: there mesh-pilot knows more. */
    private static final List<String> PILOT_KNOWS_MORE = List.of(
            "SpringRoute spec.uri",
            "SpringRoute spec.predicates",
            "SpringRoute spec.filters",
            "Telemetry spec.accessLogging[].filter.expression",
            "Telemetry spec.tracing[].customTags.",
            "VirtualService spec.http[].directResponse.body",
            "VirtualService spec.http[].match[].");

    static List<Manifest> corpus() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder : List.of("k8s/bookinfo", "k8s/httpbin", "k8s/spring-routes", "mesh-pilot/src/test/resources/mesh", "bookinfo-demo/src/main/resources/config",
                "bookinfo-demo/src/test/resources/k8s")) {
            files.addAll(Manifests.files(folder));
        }
        List<Manifest> objects = new ArrayList<>();
        for (Path file : files) {
            Manifests.file(file).stream().filter(Definitions::has).forEach(objects::add);
        }
        return objects;
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void whatIsValidFits(Manifest object) {
        assertThat(refusals(ObjectParser.parse(document(object)))).as("mesh-pilot").isEmpty();
        assertThat(Definitions.problems(object)).as("schema").isEmpty();
    }

    @Test
    void everyFieldOfASchemaHasAnExampleThatMeshPilotTakes() throws IOException {
        TreeSet<String> withExample = new TreeSet<>();
        for (Manifest object : corpus()) {
            Definitions.visit(object, withExample::add);
        }
        assertThat(Definitions.fields()).isNotEmpty().isSubsetOf(withExample);
    }

    @Test
    void whatASchemaRefusesMeshPilotRefuses_andWhatMeshPilotCannotReadASchemaRefuses() throws IOException {
        TreeSet<String> stricter = new TreeSet<>();
        TreeSet<String> laxer = new TreeSet<>();
        forEachChange((change, document) -> {
            List<String> problems = Definitions.problems(new Manifest("changed", JSON.valueToTree(document)));
            ParseOutcome outcome = ObjectParser.parse(document);
            if (!problems.isEmpty() && refusals(outcome).isEmpty()) {
                stricter.add(change + ": " + problems);
            }
            if (problems.isEmpty() && outcome.object() == null && PILOT_KNOWS_MORE.stream().noneMatch(change::startsWith)) {
                laxer.add(change + ": " + outcome.problems());
            }
        });
        assertSoftly(softly -> {
            softly.assertThat(stricter).as("a schema alone refuses").isEmpty();
            softly.assertThat(laxer).as("a schema does not refuse").isEmpty();
        });
    }

    private interface Change {
        void seen(String change, Map<String, Object> document);
    }

    /** Each value below {@code spec} replaced by each of the others, and taken away: the same change to the same field of a kind once. */
    private static void forEachChange(Change change) throws IOException {
        Set<String> seen = new HashSet<>();
        for (Manifest object : corpus()) {
            Map<String, Object> document = document(object);
            visit(document.get("spec"), "spec", value -> document.put("spec", value), where -> {
                if (seen.add(object.kind() + " " + where)) {
                    change.seen(object.kind() + " " + where, document);
                }
            });
        }
    }

    private static void visit(@Nullable Object value, String path, Consumer<@Nullable Object> put, Consumer<String> seen) {
        for (Object other : OTHERS) {
            put.accept(other);
            seen.accept(path.replaceAll("\\d+", "") + " = " + JSON.writeValueAsString(other));
        }
        put.accept(value);
        if (value instanceof Map<?, ?>) {
            Map<String, Object> map = mapping(value);
            for (Map.Entry<String, Object> entry : new LinkedHashMap<>(map).entrySet()) {
                map.remove(entry.getKey());
                seen.accept(path.replaceAll("\\d+", "") + " without " + entry.getKey());
                visit(entry.getValue(), path + "." + entry.getKey(), each -> map.put(entry.getKey(), each), seen);
            }
        } else if (value instanceof List<?>) {
            List<Object> list = list(value);
            for (int i = 0; i < list.size(); i++) {
                int at = i;
                visit(list.get(i), path + "[" + i + "]", each -> list.set(at, each), seen);
            }
        }
    }

    private static List<?> refusals(ParseOutcome outcome) {
        return outcome.object() == null ? outcome.problems() : Validator.validate(outcome.object());
    }

    private static Map<String, Object> document(Manifest object) {
        return mapping(Values.changeable(JSON.treeToValue(object.json(), Object.class)));
    }

    @SuppressWarnings("unchecked") // what Values made
    private static Map<String, Object> mapping(@Nullable Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked") // what Values made
    private static List<Object> list(@Nullable Object value) {
        return (List<Object>) value;
    }
}
