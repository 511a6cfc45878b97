package io.weft.demo.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every object of a kind that is Kubernetes' own fits the schema that Kubernetes publishes for it, strictly. The peer is PyPI's {@code kubernetes-validate}, which brings the schemas. */
@ExtendWith(NeedsKubectl.class)
class PublishedSchemasTest {

    private static final String VALIDATOR = "kubernetes-validate";

    @TempDir
    Path folder;

    @BeforeAll
    static void find() {
        boolean there = Stream.of(System.getenv("PATH").split(File.pathSeparator)).anyMatch(place -> Files.isExecutable(Path.of(place, VALIDATOR)));
        assumeTrue(there, "SKIPPED: there is no " + VALIDATOR + " on the PATH");
    }

    /** The oldest that docs/kubernetes.md promises, and one whose schemas are there whichever version of the validator was installed. */
    @ParameterizedTest
    @ValueSource(strings = {"1.30", "1.34"})
    void everyObjectFits(String version) throws Exception {
        List<Manifest> objects = ObjectsTest.kubernetesOwn();

        Verdict verdict = validate(version, objects.stream().map(object -> object.json().toString()).collect(Collectors.joining("\n---\n")));

        assertThat(verdict.said()).doesNotContain("ERROR", "WARN");
        assertThat(verdict.said().lines().filter(line -> line.contains(" passed for resource "))).hasSameSizeAs(objects);
        assertThat(verdict.status()).isZero();
    }

    @Test
    void whatDoesNotFit_wouldBeSeen() throws Exception {
        Verdict verdict = validate("1.30", """
                {apiVersion: v1, kind: Service, metadata: {name: wrong-type}, spec: {ports: [{port: http}]}}
                ---
                {apiVersion: v1, kind: Service, metadata: {name: missing}, spec: {ports: [{name: http}]}}
                ---
                {apiVersion: v1, kind: Service, metadata: {name: unknown}, spec: {port: [{port: 80}]}}
                """);

        assertThat(verdict.said().lines().filter(line -> line.startsWith("ERROR"))).hasSize(3);
        assertThat(verdict.status()).isNotZero();
    }

    private record Verdict(int status, String said) {}

    private Verdict validate(String version, String yaml) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("objects.yaml"), yaml);
        Process process = new ProcessBuilder(VALIDATOR, "--kubernetes-version", version, "--strict", file.toString())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Verdict(process.waitFor(), said);
    }
}
