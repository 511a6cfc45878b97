package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/operations.md has every metric of ours that the parts of a running mesh show. */
class MetricsPageIT {

    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE ((?:istio|envoy|pilot|citadel|weft)_\\w+) ");

    private final Mesh mesh = Mesh.shared();

    @Test
    void everyMetricIsOnThePage() throws IOException {
        assertThat(Http.get(mesh.ingress("/productpage")).statusCode()).isEqualTo(200);
        TreeSet<String> shown = new TreeSet<>();
        collect(shown, mesh.pilot("/actuator/prometheus"));
        collect(shown, "http://127.0.0.1:" + mesh.port("weft.ca.http-port") + "/actuator/prometheus");
        collect(shown, "http://127.0.0.1:" + mesh.port("weft.ingress.management-port") + "/actuator/prometheus");
        collect(shown, "http://127.0.0.1:" + mesh.adminPort("details-v1") + "/stats/prometheus");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            collect(shown, mesh.telemetry("/actuator/prometheus"));
            assertThat(shown).contains("istio_requests_total", "pilot_xds", "citadel_server_csr_count", "weft_telemetry_kept", "weft_ready");
        });
        String page = Files.readString(Path.of("").toAbsolutePath().resolveSibling("docs").resolve("operations.md"));
        List<String> missing = shown.stream().filter(name -> !isOn(page, name)).toList();
        assertThat(missing).as("metrics that docs/operations.md does not name").isEmpty();
    }

    private static void collect(TreeSet<String> names, String uri) {
        TYPE.matcher(Http.get(uri).body()).results().forEach(match -> names.add(match.group(1)));
    }

    /** Micrometer adds {@code _total} to Envoy's counters, and a {@code _max} to each time. */
    private static boolean isOn(String page, String name) {
        return page.contains("`" + name + "`")
                || page.contains("`" + name.replaceFirst("_total$", "") + "`")
                || page.contains("`" + name.replaceFirst("_max$", "") + "`");
    }
}
