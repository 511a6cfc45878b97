package io.weft.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class PilotPropertiesTest {

    @Test
    void defaults() {
        PilotProperties pilot = bind("weft.pilot", PilotProperties.class, Map.of());
        assertThat(pilot).isEqualTo(new PilotProperties(null, 15014, Duration.ofSeconds(30), List.of()));
        MeshProperties mesh = bind("weft", MeshProperties.class, Map.of());
        assertThat(mesh.home()).isEqualTo(Path.of(".weft"));
        assertThat(mesh.trustDomain()).isEqualTo("cluster.local");
        assertThat(mesh.configDir()).isEqualTo(Path.of(".weft/config"));
        assertThat(mesh.config().rescan()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void everySettingIsMapped() {
        PilotProperties pilot = bind(
                "weft.pilot",
                PilotProperties.class,
                Map.of(
                        "weft.pilot.dir", "/p",
                        "weft.pilot.http-port", "1",
                        "weft.pilot.workload-grace", "5s",
                        "weft.pilot.allowed-hosts", "a,b"));
        assertThat(pilot).isEqualTo(new PilotProperties(Path.of("/p"), 1, Duration.ofSeconds(5), List.of("a", "b")));
        MeshProperties mesh = bind(
                "weft",
                MeshProperties.class,
                Map.of(
                        "weft.home", "/h",
                        "weft.trust-domain", "td",
                        "weft.config.dir", "/c",
                        "weft.config.rescan", "1s"));
        assertThat(mesh)
                .isEqualTo(new MeshProperties(
                        Path.of("/h"), "td", new MeshProperties.Config(Path.of("/c"), Duration.ofSeconds(1))));
    }

    @Test
    void impossiblePort_isRefusedByName() {
        assertThatThrownBy(() -> new PilotProperties(null, 70_000, Duration.ZERO, List.of()))
                .hasMessage("weft.pilot.http-port: 70000 (expected: 0 to 65535)");
    }

    private static <T> T bind(String prefix, Class<T> type, Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings)).bindOrCreate(prefix, type);
    }
}
