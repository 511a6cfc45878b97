package io.weft.pilot.source.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rule files an operator is told to copy are accepted as they are. What is for Kubernetes alone is beside them: platform/ and kustomization.yaml. */
class ShippedFilesTest {

    static List<Path> files() throws IOException {
        try (Stream<Path> bookinfo = Files.walk(Path.of("..", "k8s", "bookinfo", "networking"));
                Stream<Path> httpbin = Files.list(Path.of("..", "k8s", "httpbin"));
                Stream<Path> spring = Files.walk(Path.of("..", "k8s", "spring-routes"))) {
            return Stream.of(bookinfo, httpbin, spring)
                    .flatMap(each -> each)
                    .filter(file -> file.toString().endsWith(".yaml") && !file.endsWith("kustomization.yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void isAccepted(Path file) throws IOException {
        ParsedFile parsed = ParsedFile.parse(file.getFileName().toString(), Files.readString(file), ParsedFile.EMPTY);
        assertThat(parsed.refusals()).isEmpty();
        assertThat(parsed.good()).isNotEmpty();
    }
}
