package io.weft.pilot.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class XdsPropertiesTest {

    private static XdsProperties bind(Map<String, String> values) {
        Map<String, String> named = new HashMap<>();
        values.forEach((name, value) -> named.put("weft.pilot.xds." + name, value));
        return new Binder(new MapConfigurationPropertySource(named)).bindOrCreate("weft.pilot.xds", XdsProperties.class);
    }

    @Test
    void defaults() {
        XdsProperties properties = bind(Map.of());

        assertThat(properties.plaintextPort()).isEqualTo(15010);
        assertThat(properties.tlsPort()).isEqualTo(15012);
        assertThat(properties.certificates()).isNull();
        assertThat(properties.certificatesReload()).isEqualTo(Duration.ofSeconds(1));
        assertThat(properties.maxStreams()).isEqualTo(5000);
        assertThat(properties.maxUnidentified()).isEqualTo(256);
        assertThat(properties.maxMessage()).isEqualTo(DataSize.ofMegabytes(4));
        assertThat(properties.maxNames()).isEqualTo(10_000);
        assertThat(properties.firstRequest()).isEqualTo(Duration.ofSeconds(10));
        assertThat(properties.keepAlive()).isEqualTo(Duration.ofSeconds(30));
        assertThat(properties.nackBackoffMin()).isEqualTo(Duration.ofMillis(500));
        assertThat(properties.nackBackoffMax()).isEqualTo(Duration.ofSeconds(30));
        assertThat(properties.registrationGrace()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void everyOneCanBeSet() {
        XdsProperties properties = bind(Map.ofEntries(
                Map.entry("plaintext-port", "1"),
                Map.entry("tls-port", "2"),
                Map.entry("certificates", "/certs"),
                Map.entry("certificates-reload", "3s"),
                Map.entry("max-streams", "4"),
                Map.entry("max-unidentified", "12"),
                Map.entry("max-message", "5KB"),
                Map.entry("max-names", "6"),
                Map.entry("first-request", "7s"),
                Map.entry("keep-alive", "8s"),
                Map.entry("nack-backoff-min", "9s"),
                Map.entry("nack-backoff-max", "10s"),
                Map.entry("registration-grace", "11s")));

        assertThat(properties)
                .isEqualTo(new XdsProperties(
                        1,
                        2,
                        Path.of("/certs"),
                        Duration.ofSeconds(3),
                        4,
                        12,
                        DataSize.ofKilobytes(5),
                        6,
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(11)));
    }

    @Test
    void nonsense_isRefusedWithWhatWasExpected() {
        assertThatThrownBy(() -> bind(Map.of("tls-port", "70000")))
                .rootCause()
                .hasMessage("weft.pilot.xds.tls-port: 70000 (expected: -1 to 65535)");
    }

    @Test
    void aTakenPort_isNamedWithItsProperty() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> AdsHarness.onPlaintextPort(taken.getLocalPort(), Path.of("none")))
                    .isInstanceOf(XdsPortTakenException.class)
                    .hasMessage("mesh-pilot: port " + taken.getLocalPort()
                            + " is taken (property weft.pilot.xds.plaintext-port names another)");
        }
    }
}
