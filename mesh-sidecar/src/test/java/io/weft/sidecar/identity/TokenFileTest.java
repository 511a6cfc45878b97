package io.weft.sidecar.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {

    @TempDir
    Path folder;

    @Test
    void onALaptopOnlyItsOwnerMayReadIt() throws Exception {
        Path file = write(folder.resolve("token"), "t1", "rw-------");
        assertThat(new TokenFile(file, false).read()).isEqualTo("t1");
        mode(file, "rw-r-----");
        assertThatThrownBy(() -> new TokenFile(file, false).read()).hasMessageContaining("mode rw-r----- (expected: rw-------)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "rw-r-----", "rw-r--r--"})
    void theKubeletsIsReadThroughItsLinks_andAgainWhenTheyChange(String mode) throws Exception {
        Path file = project("..1", "t1", mode);
        TokenFile token = new TokenFile(file, true);
        assertThat(token.read()).isEqualTo("t1");
        project("..2", "t2", mode);
        assertThat(token.read()).isEqualTo("t2");
    }

    @Test
    void theKubeletsStaysInItsVolume_andIsWrittenByNobodyElse(@TempDir Path elsewhere) throws Exception {
        Path stolen = write(elsewhere.resolve("stolen"), "t", "rw-r--r--");
        Path link = Files.createSymbolicLink(folder.resolve("istio-token"), stolen);
        assertThatThrownBy(() -> new TokenFile(link, true).read()).hasMessageContaining("leads to " + stolen.toRealPath());
        Files.delete(link);
        Path file = project("..1", "t1", "rw-rw-r--");
        assertThatThrownBy(() -> new TokenFile(file, true).read()).hasMessageContaining("expected: nobody but its owner writes it");
        Files.createDirectory(folder.resolve("dir"));
        assertThatThrownBy(() -> new TokenFile(folder.resolve("dir"), true).read()).hasMessageContaining("is no file");
        assertThatThrownBy(() -> new TokenFile(folder.resolve("none"), true).read()).hasMessageContaining("waiting for a token at");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "line\nline", "tök"})
    void whatIsNoTokenIsSaid(String text) throws Exception {
        Path file = write(folder.resolve("token"), text, "rw-------");
        assertThatThrownBy(() -> new TokenFile(file, false).read()).hasMessageContaining("does not hold a token");
    }

    @ParameterizedTest
    @CsvSource({
        "/var/run/secrets/tokens/istio-token, true",
        "/run/secrets/tokens/istio-token, true",
        "/var/run/secrets/../../tmp/token, false",
        "/var/run/secretsx/token, false",
        "/home/me/token, false"
    })
    void whereTheKubeletProjects(Path file, boolean projected) {
        assertThat(TokenFile.isProjected(file)).isEqualTo(projected);
    }

    /** As the kubelet does it: a folder per version, and one link that is replaced. */
    private Path project(String version, String token, String mode) throws IOException {
        Path data = Files.createDirectory(folder.resolve(version));
        write(data.resolve("istio-token"), token, mode);
        Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of(version));
        Files.move(next, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path file = folder.resolve("istio-token");
        return Files.isSymbolicLink(file) ? file : Files.createSymbolicLink(file, Path.of("..data", "istio-token"));
    }

    private static Path write(Path file, String text, String mode) throws IOException {
        Files.writeString(file, text);
        mode(file, mode);
        return file;
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
