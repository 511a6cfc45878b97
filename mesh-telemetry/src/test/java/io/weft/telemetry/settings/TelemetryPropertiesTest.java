package io.weft.telemetry.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class TelemetryPropertiesTest {

    private static <T> T bind(String prefix, Class<T> type, Map<String, String> values) {
        Map<String, String> named = new HashMap<>();
        values.forEach((name, value) -> named.put(prefix + "." + name, value));
        return new Binder(new MapConfigurationPropertySource(named)).bindOrCreate(prefix, type);
    }

    private static TelemetryProperties telemetry(Map<String, String> values) {
        return bind("weft.telemetry", TelemetryProperties.class, values);
    }

    @Test
    void defaults() {
        assertThat(telemetry(Map.of()))
                .isEqualTo(new TelemetryProperties(
                        15016,
                        4317,
                        15019,
                        null,
                        Duration.ofSeconds(1),
                        DataSize.ofMegabytes(4),
                        1000,
                        List.of(),
                        new TelemetryProperties.Logs(20_000, DataSize.ofMegabytes(32), 64),
                        new TelemetryProperties.Spans(50_000, DataSize.ofMegabytes(64), 1000),
                        new TelemetryProperties.Scrape(
                                Duration.ofSeconds(5), Duration.ofSeconds(3), List.of(), DataSize.ofMegabytes(16), 500, 20_000),
                        new TelemetryProperties.Graph(Duration.ofMinutes(5), 1000)));
        WeftProperties weft = bind("weft", WeftProperties.class, Map.of());
        assertThat(weft.home()).isEqualTo(Path.of(".weft"));
        assertThat(weft.trustDomain()).isEqualTo("cluster.local");
        assertThat(weft.bindAddress().getHostAddress()).isEqualTo("127.0.0.1");
        assertThat(weft.pilot().address()).isEqualTo("http://127.0.0.1:15014");
    }

    @Test
    void everyOneCanBeSet() {
        assertThat(telemetry(Map.ofEntries(
                        Map.entry("http-port", "1"),
                        Map.entry("plaintext-port", "2"),
                        Map.entry("tls-port", "-1"),
                        Map.entry("certs-dir", "/certs"),
                        Map.entry("certs-reload", "3s"),
                        Map.entry("max-message", "4KB"),
                        Map.entry("max-connections", "5"),
                        Map.entry("allowed-hosts", "a,b"),
                        Map.entry("logs.capacity", "6"),
                        Map.entry("logs.memory", "7KB"),
                        Map.entry("logs.streams", "8"),
                        Map.entry("spans.capacity", "9"),
                        Map.entry("spans.memory", "10KB"),
                        Map.entry("spans.per-trace", "11"),
                        Map.entry("scrape.interval", "12s"),
                        Map.entry("scrape.timeout", "13s"),
                        Map.entry("scrape.targets", "http://x:1/y"),
                        Map.entry("scrape.max-size", "14KB"),
                        Map.entry("scrape.max-targets", "15"),
                        Map.entry("scrape.max-series", "16"),
                        Map.entry("graph.keep", "17s"),
                        Map.entry("graph.max-edges", "18"))))
                .isEqualTo(new TelemetryProperties(
                        1,
                        2,
                        -1,
                        Path.of("/certs"),
                        Duration.ofSeconds(3),
                        DataSize.ofKilobytes(4),
                        5,
                        List.of("a", "b"),
                        new TelemetryProperties.Logs(6, DataSize.ofKilobytes(7), 8),
                        new TelemetryProperties.Spans(9, DataSize.ofKilobytes(10), 11),
                        new TelemetryProperties.Scrape(
                                Duration.ofSeconds(12), Duration.ofSeconds(13), List.of("http://x:1/y"), DataSize.ofKilobytes(14), 15, 16),
                        new TelemetryProperties.Graph(Duration.ofSeconds(17), 18)));
    }

    @Test
    void nonsense_isRefusedWithWhatWasExpected() {
        assertThatThrownBy(() -> telemetry(Map.of("tls-port", "70000")))
                .rootCause()
                .hasMessage("weft.telemetry.tls-port: 70000 (expected: -1 to 65535)");
        assertThatThrownBy(() -> telemetry(Map.of("logs.capacity", "0")))
                .rootCause()
                .hasMessage("weft.telemetry.logs.capacity: 0 (expected: >= 1)");
        assertThatThrownBy(() -> telemetry(Map.of("scrape.interval", "0s")))
                .rootCause()
                .hasMessage("weft.telemetry.scrape.interval: PT0S (expected: > 0s)");
    }
}
