package io.weft.demo.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.model.parse.Documents;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.model.parse.YamlReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code k8s/} holds: as files, and as {@code kubectl} builds it. */
final class Manifests {

    static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    static final Path K8S = ROOT.resolve("k8s");

    /** What users apply. */
    static final List<String> INSTALLED = List.of("k8s", "k8s/bookinfo", "k8s/httpbin");

    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, List<Manifest>> BUILT = new ConcurrentHashMap<>();

    /** Why there is no kubectl that fits; empty if there is one. */
    static final String KUBECTL_MISSING = missing();

    private Manifests() {}

    /** Every object that a folder builds. */
    static List<Manifest> built(String folder) {
        return BUILT.computeIfAbsent(folder, each -> parse(each, kubectl("kustomize", ROOT.resolve(each).toString())));
    }

    /** Of all folders that users apply. */
    static List<Manifest> installed() {
        return INSTALLED.stream().flatMap(folder -> built(folder).stream()).toList();
    }

    static List<Manifest> installed(String kind) {
        return installed().stream().filter(each -> each.kind().equals(kind)).toList();
    }

    /** Folders that have a kustomization. */
    static List<String> folders() throws IOException {
        try (Stream<Path> files = Files.walk(K8S)) {
            return files.filter(file -> file.endsWith("kustomization.yaml"))
                    .map(file -> ROOT.relativize(file.getParent()).toString())
                    .sorted()
                    .toList();
        }
    }

    static List<Manifest> file(Path file) throws IOException {
        return parse(ROOT.relativize(file.toAbsolutePath().normalize()).toString(), Files.readString(file));
    }

    /** YAML files below a folder of the checkout. */
    static List<Path> files(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    /** The YAML as {@code io.weft.pilot} reads it: YAML 1.2, as the API server does. */
    private static List<Manifest> parse(String from, String yaml) {
        List<Manifest> objects = new ArrayList<>();
        try {
            for (Documents.Span document : Documents.split(yaml)) {
                Object value = YamlReader.read(document.text(yaml));
                if (value != null) {
                    objects.add(new Manifest(from, JSON.<JsonNode>valueToTree(value)));
                }
            }
        } catch (UnreadableException e) {
            throw new AssertionError(from + ": " + e.getMessage(), e);
        }
        return objects;
    }

    /** Older ones do not know components and labels. */
    private static String missing() {
        boolean there = Arrays.stream(System.getenv("PATH").split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
        if (!there) {
            return "there is no kubectl on the PATH (1.27 or newer)";
        }
        JsonNode version = JSON.readTree(kubectl("version", "--client", "-o", "json")).path("clientVersion");
        int minor = Integer.parseInt(version.path("minor").asString().replaceAll("\\D.*", ""));
        return minor >= 27 ? "" : "kubectl is 1." + minor + " (1.27 or newer)";
    }

    private static String kubectl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("kubectl"));
        command.addAll(List.of(arguments));
        try {
            Path errors = Files.createTempFile("kubectl", ".err");
            Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            String said = Files.readString(errors);
            Files.delete(errors);
            assertThat(status).as("%s: %s", command, said).isZero();
            // What kustomize calls deprecated is gone in its next version.
            assertThat(said).as(command.toString()).doesNotContainIgnoringCase("deprecated");
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
