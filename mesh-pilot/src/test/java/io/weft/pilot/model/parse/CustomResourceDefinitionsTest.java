package io.weft.pilot.model.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.model.Kind;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The schemas in k8s/crds hold the fields that mesh-pilot's readers ask for: no other, and each with its type. When a reader or crds/rules.yaml has changed they
 * are written anew with {@code mvn -q -pl mesh-pilot test -Dtest=CustomResourceDefinitionsTest -Dweft.docs.write=true}.
 */
class CustomResourceDefinitionsTest {

    private static final Path FOLDER = Path.of("..", "k8s", "crds");

    @Test
    void theyAreWhatMeshPilotReads() throws IOException {
        SchemaRules rules = SchemaRules.read();
        for (Kind kind : ResourceDefinition.kinds()) {
            String expected = new ResourceDefinition(kind, rules).yaml();
            Path file = FOLDER.resolve(ResourceDefinition.file(kind));
            if (Boolean.getBoolean("weft.docs.write")) {
                Files.createDirectories(FOLDER);
                Files.writeString(file, expected);
            }
            assertThat(file).as("-Dweft.docs.write=true writes it anew").content().isEqualTo(expected);
        }
        assertThat(rules.unused()).as("rules that fit no field").isEmpty();
    }

    /** Else what is read in a new way would be missing from the schemas without a word. */
    @Test
    void noWayOfReadingGoesUnnoticed() {
        List<String> asksNothing = List.of("problems", "here", "path", "done", "flag");
        List<String> unnoticed = Stream.of(Fields.class.getDeclaredMethods())
                .filter(method -> !Modifier.isPrivate(method.getModifiers()) && !method.isSynthetic() && !asksNothing.contains(method.getName()))
                .filter(method -> Stream.of(RecordedFields.class.getDeclaredMethods())
                        .noneMatch(own -> own.getName().equals(method.getName()) && Arrays.equals(own.getParameterTypes(), method.getParameterTypes())))
                .map(Method::toString)
                .toList();
        assertThat(unnoticed).isEmpty();
    }

    @Test
    void thereIsNoneOfAKindThatMeshPilotDoesNotKnow() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<String> names = files.map(file -> file.getFileName().toString()).filter(name -> !name.equals("kustomization.yaml")).toList();
            assertThat(names).containsExactlyInAnyOrderElementsOf(
                    ResourceDefinition.kinds().stream().map(ResourceDefinition::file).toList());
        }
    }
}
