package io.weft.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.pilot.model.AccessLogFormats;
import io.weft.pilot.model.MeshSettings.PathNormalization;
import io.weft.pilot.model.Observability;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindException;
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
        assertThat(mesh.config().kubernetes()).isEqualTo(new MeshProperties.Kubernetes(false, null, ""));
        assertThat(mesh.observability()).isEqualTo(Observability.NONE);
        assertThat(mesh.mesh().pathNormalization()).isEqualTo(PathNormalization.BASE);
    }

    /** By the names of the reference, too. */
    @ParameterizedTest
    @CsvSource({
        "none, NONE", "base, BASE", "merge-slashes, MERGE_SLASHES", "decode-and-merge-slashes, DECODE_AND_MERGE_SLASHES",
        "NONE, NONE", "BASE, BASE", "MERGE_SLASHES, MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES, DECODE_AND_MERGE_SLASHES"
    })
    void pathNormalization_isSaidByName(String said, PathNormalization meant) {
        assertThat(paths(said).mesh().pathNormalization()).isEqualTo(meant);
    }

    @Test
    void anUnknownPathNormalization_isRefusedByName() {
        assertThatThrownBy(() -> paths("rfc3986"))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("weft.mesh.path-normalization")
                .rootCause()
                .hasMessageContaining("rfc3986");
    }

    private static MeshProperties paths(String said) {
        return bind("weft", MeshProperties.class, Map.of("weft.mesh.path-normalization", said));
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
                Map.ofEntries(
                        Map.entry("weft.home", "/h"),
                        Map.entry("weft.trust-domain", "td"),
                        Map.entry("weft.config.dir", "/c"),
                        Map.entry("weft.config.rescan", "1s"),
                        Map.entry("weft.config.kubernetes.discovery-selector", "mesh=yes"),
                        Map.entry("weft.telemetry.address", "telemetry.example:15019"),
                        Map.entry("weft.mesh.path-normalization", "merge-slashes"),
                        Map.entry("weft.mesh.access-log-file", "/dev/stdout"),
                        Map.entry("weft.mesh.access-log-encoding", "JSON"),
                        Map.entry("weft.mesh.access-log-format", "{\"status\": \"%RESPONSE_CODE%\"}"),
                        Map.entry("weft.mesh.tracing.sampling", "12.5")));
        assertThat(mesh)
                .isEqualTo(new MeshProperties(
                        Path.of("/h"),
                        "td",
                        new MeshProperties.Config(
                                Path.of("/c"),
                                Duration.ofSeconds(1),
                                new MeshProperties.Kubernetes(false, null, "mesh=yes")),
                        new MeshProperties.Telemetry("telemetry.example:15019"),
                        new MeshProperties.Mesh(
                                PathNormalization.MERGE_SLASHES,
                                "/dev/stdout",
                                MeshProperties.Encoding.JSON,
                                "{\"status\": \"%RESPONSE_CODE%\"}",
                                new MeshProperties.Tracing(12.5))));
        assertThat(mesh.observability())
                .isEqualTo(new Observability(
                        new Observability.Collector("telemetry.example", 15019),
                        new Observability.AccessLogFile("/dev/stdout", null, Map.of("status", "%RESPONSE_CODE%")),
                        12.5));
    }

    @Test
    void aTextFormatOfOnesOwnEndsItsLine() {
        assertThat(accessLog("%RESPONSE_CODE% %REQ(:PATH)%").accessLog().text()).isEqualTo("%RESPONSE_CODE% %REQ(:PATH)%\n");
        assertThat(accessLog("").accessLog().text()).isEqualTo(AccessLogFormats.TEXT);
    }

    /** A proxy would refuse all its listeners for one of these. */
    @Test
    void whatNoProxyWouldTake_isRefusedByName() {
        assertThatThrownBy(() -> accessLog("%RESPONSE_COD%")).hasMessageStartingWith("weft.mesh.access-log-format: %RESPONSE_COD% (expected: one of [BYTES_");
        assertThatThrownBy(() -> accessLog("100%")).hasMessage("weft.mesh.access-log-format: % (expected: a closing %)");
        assertThatThrownBy(() -> accessLog("%REQ%")).hasMessage("weft.mesh.access-log-format: %REQ% (expected: %REQ(HEADER)%)");
        assertThatThrownBy(() -> new MeshProperties.Mesh(PathNormalization.BASE, "", MeshProperties.Encoding.JSON, "[]", new MeshProperties.Tracing(1)))
                .hasMessageStartingWith("weft.mesh.access-log-format: [] (expected: an object of format strings");
        assertThatThrownBy(() -> new MeshProperties.Mesh(PathNormalization.BASE, "/tmp/log", MeshProperties.Encoding.TEXT, "", new MeshProperties.Tracing(1)))
                .hasMessage("weft.mesh.access-log-file: /tmp/log (expected: /dev/stdout, /dev/stderr or nothing)");
        assertThatThrownBy(() -> new MeshProperties.Tracing(101))
                .hasMessage("weft.mesh.tracing.sampling: 101.0 (expected: 0 to 100)");
        assertThatThrownBy(() -> new MeshProperties.Telemetry("telemetry"))
                .hasMessage("weft.telemetry.address: telemetry (expected: host:port, or nothing)");
        assertThatThrownBy(() -> new MeshProperties.Telemetry("::1:80"))
                .hasMessage("weft.telemetry.address: ::1:80 (expected: host:port, or nothing)");
        assertThat(Observability.Collector.parse("[::1]:80")).isEqualTo(new Observability.Collector("::1", 80));
    }

    private static MeshProperties.Mesh accessLog(String format) {
        return new MeshProperties.Mesh(PathNormalization.BASE, "/dev/stdout", MeshProperties.Encoding.TEXT, format, new MeshProperties.Tracing(1));
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
