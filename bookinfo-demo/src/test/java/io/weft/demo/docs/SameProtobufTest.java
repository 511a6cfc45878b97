package io.weft.demo.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules share no code, so both ends of a wire have its protobuf file; it has to say the same. Where Java puts it is each module's own affair. */
class SameProtobufTest {

    @ParameterizedTest
    @CsvSource({
        "mesh-pilot, mesh-gateway, weft/gateway/v1alpha1/spring_route.proto",
        "mesh-ca, mesh-sidecar, istio/v1/auth/ca.proto"
    })
    void bothEndsHaveTheSameFile(String one, String other, String file) throws IOException {
        assertThat(text(one, file)).as("%s of %s and %s", file, one, other).isEqualTo(text(other, file));
    }

    private static String text(String module, String file) throws IOException {
        Path path = Path.of("").toAbsolutePath().resolveSibling(module).resolve("src/main/protobuf").resolve(file);
        return Files.readString(path).replaceAll("(?m)^option java_package = .*$", "");
    }
}
