package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LauncherSettingsTest {

    @Test
    void defaultsAreTheReferenceMeshsPortsAndAHomeBelowTheWorkingDirectory() {
        LauncherSettings settings = of(Map.of());
        assertThat(settings.home()).isEqualTo(Path.of(".weft").toAbsolutePath());
        assertThat(settings.configDir()).isEqualTo(settings.home().resolve("config"));
        assertThat(settings.trustDomain()).isEqualTo("cluster.local");
        assertThat(settings.bindAddress()).isEqualTo("127.0.0.1");
        assertThat(settings.ports().values().stream().map(FixedPort::port))
                .containsExactly(8060, 15015, 15014, 15010, 15012, 15016, 4317, 15019, 8080, 8443, 15021, 0, 0, 0, 0);
    }

    @Test
    void everySettingIsRead() {
        LauncherSettings settings = of(Map.of(
                "weft.home", "/tmp/h",
                "weft.config.dir", "/tmp/c",
                "weft.trust-domain", "example.org",
                "weft.bind-address", "0.0.0.0",
                "weft.ingress.http-port", "9090"));
        assertThat(settings.home()).isEqualTo(Path.of("/tmp/h"));
        assertThat(settings.configDir()).isEqualTo(Path.of("/tmp/c"));
        assertThat(settings.trustDomain()).isEqualTo("example.org");
        assertThat(settings.reachable()).isEqualTo("127.0.0.1");
        assertThat(settings.port(LauncherSettings.INGRESS_HTTP)).isEqualTo(9090);
        assertThat(settings.rootCertificate()).isEqualTo(Path.of("/tmp/h/ca/root-cert.pem"));
    }

    @Test
    void springSidecarsAreWorkloadsOfTheDemo() {
        assertThat(of(Map.of()).springSidecars()).isEmpty();
        assertThat(of(Map.of("weft.demo.spring-sidecars", "details-v1, ratings-v1")).springSidecars())
                .containsExactly("details-v1", "ratings-v1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of("weft.demo.spring-sidecars", "detail-v1")))
                .withMessageStartingWith("weft.demo.spring-sidecars: detail-v1 (expected: of productpage-v1, details-v1,");
    }

    @Test
    void partsShareThisJvmUnlessToldOtherwise() {
        assertThat(of(Map.of()).isolation()).isEqualTo(Isolation.Kind.JVM);
        assertThat(of(Map.of("weft.demo.isolation", "process")).isolation()).isEqualTo(Isolation.Kind.PROCESS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of("weft.demo.isolation", "docker")))
                .withMessage("weft.demo.isolation: docker (expected: jvm or process)");
    }

    @Test
    void aPortThatIsNoneIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of("weft.ingress.http-port", "eighty")))
                .withMessage("weft.ingress.http-port: eighty (expected: 0 to 65535)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of("weft.ingress.http-port", "70000")))
                .withMessageContaining("70000 (expected: 0 to 65535)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of("weft.ca.grpc-port", "0")))
                .withMessageContaining("weft.ca.grpc-port: 0");
    }

    @Test
    void aTakenPortIsOneLineThatSaysWhatToDo() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket taken = new ServerSocket(0, 1, loopback)) {
            int port = taken.getLocalPort();
            assertThat(new FixedPort("mesh-pilot", "weft.pilot.http-port", port).taken(loopback))
                    .hasValueSatisfying(line -> assertThat(line)
                            .contains("mesh-pilot", String.valueOf(port), "-Dweft.pilot.http-port")
                            .doesNotContain("\n"));
        }
        assertThat(new FixedPort("mesh-pilot", "weft.pilot.http-port", 0).taken(loopback)).isEmpty();
    }

    private static LauncherSettings of(Map<String, String> properties) {
        return LauncherSettings.from(properties::get);
    }
}
