package io.weft.demo.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Every folder of {@code k8s/} builds, holds each object once, and has no file that nobody applies. */
@ExtendWith(NeedsKubectl.class)
class KustomizationsTest {

    /** Folders of rules to try out, one at a time. */
    private static final List<String> RULES = List.of("k8s/bookinfo/networking/", "k8s/httpbin/", "k8s/spring-routes/");

    static List<String> folders() throws IOException {
        return Manifests.folders().stream().filter(folder -> !kustomization(folder).json().path("kind").asString().equals("Component")).toList();
    }

    private static Manifest kustomization(String folder) {
        try {
            return Manifests.file(Manifests.ROOT.resolve(folder).resolve("kustomization.yaml")).get(0);
        } catch (IOException e) {
            throw new AssertionError(folder, e);
        }
    }

    @ParameterizedTest
    @MethodSource("folders")
    void builds_andHoldsEachObjectOnce(String folder) {
        List<Manifest> objects = Manifests.built(folder);
        assertThat(objects).isNotEmpty();
        assertThat(objects.stream().map(each -> each.group() + " " + each.kind() + " " + each.namespace() + "/" + each.name())).doesNotHaveDuplicates();
    }

    @Test
    void whatUsersApplyHasNothingInCommon() {
        Set<String> seen = new HashSet<>();
        assertThat(Manifests.installed()).allSatisfy(each ->
                assertThat(seen.add(each.group() + " " + each.kind() + " " + each.namespace() + "/" + each.name())).as(each.toString()).isTrue());
    }

    @Test
    void theInstallationBeginsWithTheNamespace_andTheKinds() {
        List<String> kinds = Manifests.built("k8s").stream().map(Manifest::kind).distinct().toList();
        assertThat(kinds).startsWith("Namespace", "CustomResourceDefinition");
    }

    @Test
    void theInstallationHasNoObjectOfAKindThatItBringsItself() {
        assertThat(Manifests.built("k8s"))
                .as("kubectl apply -k would have to be run twice")
                .noneMatch(Definitions::has);
    }

    @Test
    void everyFileIsApplied_orARuleToTryOut() throws IOException {
        Set<String> used = new TreeSet<>();
        for (String folder : Manifests.folders()) {
            used.add(folder + "/kustomization.yaml");
            JsonNode json = kustomization(folder).json();
            Stream.of("resources", "components")
                    .flatMap(list -> Manifest.words(json.path(list)))
                    .forEach(each -> used.add(relative(folder, each)));
            json.path("patches").forEach(patch -> used.add(relative(folder, patch.path("path").asString())));
        }
        List<String> unused = Manifests.files("k8s").stream()
                .map(file -> Manifests.ROOT.relativize(file).toString())
                .filter(file -> !used.contains(file) && RULES.stream().noneMatch(rules -> isIn(rules, file)))
                .toList();
        assertThat(unused).isEmpty();
    }

    private static boolean isIn(String folder, String file) {
        return file.startsWith(folder) && file.indexOf('/', folder.length()) < 0;
    }

    private static String relative(String folder, String path) {
        return Manifests.ROOT.relativize(Manifests.ROOT.resolve(folder).resolve(path).normalize()).toString();
    }

    @Test
    void everyImageIsBuiltHere_inThisVersion() throws IOException {
        Path root = Manifests.ROOT;
        String pom = Files.readString(root.resolve("pom.xml"));
        String version = pom.split("<artifactId>weft</artifactId>\\s*<version>", 2)[1].split("<", 2)[0];
        Set<String> built;
        try (Stream<Path> modules = Files.list(root)) {
            built = modules.filter(each -> isBuilt(each.resolve("pom.xml")))
                    .map(each -> "weft/" + each.getFileName() + ":" + version)
                    .collect(Collectors.toSet());
        }
        Set<String> used = new TreeSet<>();
        Manifests.installed("Deployment").forEach(each -> each.containers().forEach(container -> used.add(container.path("image").asString())));
        assertThat(used).as("of k8s, and what -Pimages builds").containsExactlyInAnyOrderElementsOf(built);
    }

    private static boolean isBuilt(Path pom) {
        try {
            return Files.exists(pom) && Files.readString(pom).contains("<weft.image.main>");
        } catch (IOException e) {
            throw new AssertionError(pom.toString(), e);
        }
    }
}
