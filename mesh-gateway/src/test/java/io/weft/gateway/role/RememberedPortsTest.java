package io.weft.gateway.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RememberedPortsTest {

    @TempDir
    Path home;

    @Test
    void comesBackAfterARestart_andIsPrivate() throws IOException {
        Path file = home.resolve("run/gw/cache/ports");
        RememberedPorts first = RememberedPorts.load(file);
        assertThat(first.of("http-port")).isZero();
        first.keep(Map.of("http-port", 40001, "https-port", 40002));
        RememberedPorts second = RememberedPorts.load(file);
        assertThat(second.of("http-port")).isEqualTo(40001);
        assertThat(second.of("https-port")).isEqualTo(40002);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(Files.list(file.getParent())).containsExactly(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http-port=seven", "http-port=0", "http-port=70000", "http-port=\\u00"})
    void nonsenseIsForgotten(String text) throws IOException {
        Path file = home.resolve("ports");
        Files.writeString(file, text);
        assertThat(RememberedPorts.load(file).of("http-port")).isZero();
    }
}
