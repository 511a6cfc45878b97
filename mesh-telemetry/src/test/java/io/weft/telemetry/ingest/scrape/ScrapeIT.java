package io.weft.telemetry.ingest.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.telemetry.FakeServer;
import io.weft.telemetry.RunningTelemetry;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Metrics of real pages over real sockets: added up, never falling, and bad pages left out. */
class ScrapeIT {

    @TempDir
    Path home;

    private final FakeServer proxies = new FakeServer();
    private RunningTelemetry telemetry;

    @BeforeEach
    void start() {
        telemetry = new RunningTelemetry(home, "weft.telemetry.scrape.timeout=3s");
    }

    @AfterEach
    void stop() {
        telemetry.close();
        proxies.close();
    }

    private void targets(String... paths) {
        telemetry.pilot.page(
                "/weft/v1/targets",
                Stream.of(paths)
                        .map(path -> "{\"targets\": [\"127.0.0.1:" + proxies.port() + "\"], \"labels\": {\"__metrics_path__\": \"" + path
                                + "\", \"workload\": \"w" + path.substring(1) + "\", \"namespace\": \"default\"}}")
                        .collect(Collectors.joining(",", "[", "]")));
    }

    private double sum(String reporter, String code) {
        String line = "istio_requests_total{";
        return telemetry.get("/actuator/prometheus").body().lines()
                .filter(each -> each.startsWith(line)
                        && each.contains("reporter=\"" + reporter + "\"")
                        && each.contains("response_code=\"" + code + "\""))
                .mapToDouble(each -> Double.parseDouble(each.substring(each.lastIndexOf(' ') + 1)))
                .sum();
    }

    private void awaitSum(String code, double expected) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(sum("source", code)).isEqualTo(expected));
    }

    private JsonNode target(String path) {
        for (JsonNode target : telemetry.json("/weft/v1/status").path("targets").path("items")) {
            if (target.path("url").asString().endsWith(path)) {
                return target;
            }
        }
        return telemetry.json("/weft/v1/status").path("targets").path("discovery");
    }

    @Test
    void sumsOfAllTargets_neverFall() {
        proxies.page("/a", Metrics.requests("source", "200", 10));
        proxies.page("/b", Metrics.requests("source", "200", 5) + Metrics.requests("source", "503", 1));
        targets("/a", "/b");
        awaitSum("200", 15);
        awaitSum("503", 1);

        proxies.page("/a", Metrics.requests("source", "200", 12));
        awaitSum("200", 17);

        proxies.page("/a", Metrics.requests("source", "200", 3));
        awaitSum("200", 20);

        targets("/b");
        await().until(() -> telemetry.json("/weft/v1/status").path("targets").path("items").size() == 1);
        assertThat(sum("source", "200")).as("a target that went").isEqualTo(20);

        targets("/a", "/b");
        proxies.page("/a", Metrics.requests("source", "200", 4));
        awaitSum("200", 21);
    }

    @Test
    void histograms_areMergedByBucket() {
        proxies.page("/a", Metrics.durations("source", "200", 10));
        proxies.page("/b", Metrics.durations("source", "200", 30));
        targets("/a", "/b");

        await().untilAsserted(() -> assertThat(telemetry.get("/actuator/prometheus").body().lines().filter(line ->
                        line.startsWith("istio_request_duration_milliseconds")))
                .anyMatch(line -> line.startsWith("istio_request_duration_milliseconds_count{") && line.endsWith(" 40"))
                .anyMatch(line -> line.contains("le=\"10.0\"") && line.endsWith(" 40"))
                .anyMatch(line -> line.contains("le=\"5.0\"") && line.endsWith(" 0"))
                .anyMatch(line -> line.contains("le=\"+Inf\"") && line.endsWith(" 40"))
                .anyMatch(line -> line.startsWith("istio_request_duration_milliseconds_sum{") && line.endsWith(" 280.0")));
    }

    @Test
    void theGraph_isWhatGrewInTheWindow() {
        proxies.page("/a", "");
        targets("/a");
        await().until(() -> target("/a").path("up").asBoolean());
        proxies.page(
                "/a",
                Metrics.requests("source", "200", 30)
                        + Metrics.requests("source", "503", 10)
                        + Metrics.requests("destination", "200", 30)
                        + Metrics.durations("source", "200", 40));

        await().until(() -> !telemetry.json("/weft/v1/graph").path("edges").isEmpty());
        JsonNode graph = telemetry.json("/weft/v1/graph?window=60s&namespace=default");
        assertThat(graph.path("nodes")).hasSize(2);
        JsonNode edge = graph.path("edges").path(0);
        assertThat(edge.path("source").asString()).isEqualTo("productpage-v1.default");
        assertThat(edge.path("target").asString()).isEqualTo("reviews-v1.default");
        assertThat(edge.path("errorShare").asDouble()).isEqualTo(0.25);
        assertThat(edge.path("p50").asDouble()).isEqualTo(7.5);
        assertThat(edge.path("mtls").asBoolean()).isTrue();
        assertThat(edge.path("codes").path("503").asDouble()).isGreaterThan(0);
        assertThat(telemetry.json("/weft/v1/graph?namespace=other").path("edges")).isEmpty();
        assertThat(telemetry.get("/weft/v1/graph?window=1h").statusCode()).isEqualTo(400);
        assertThat(telemetry.get("/weft/v1/graph?window=600s").body()).contains("(expected: 1s to 300s)");
    }

    @Test
    void whatWasCountedLongBefore_isInTheSums_notInTheGraph() {
        String old = "process_start_time_seconds 1000\n";
        proxies.page("/a", old + Metrics.requests("source", "200", 100_000));
        targets("/a");
        awaitSum("200", 100_000);
        assertThat(telemetry.json("/weft/v1/graph").path("edges")).isEmpty();

        proxies.page("/a", old + Metrics.requests("source", "200", 100_006));
        awaitSum("200", 100_006);
        await().until(() -> !telemetry.json("/weft/v1/graph").path("edges").isEmpty());

        proxies.page("/a", "process_start_time_seconds 2000\n" + Metrics.requests("source", "200", 200_000));
        awaitSum("200", 300_006);
    }

    @Test
    void badPages_areLeftOut_andNamed() throws Exception {
        proxies.page("/good", Metrics.requests("source", "200", 1));
        proxies.page("/broken", Metrics.requests("source", "200", 1000) + "istio_requests_total{reporter=source} 1\n");
        proxies.page("/huge", "x".repeat(17_000_000));
        proxies.redirect("/elsewhere", "/good");
        try (ServerSocket silent = new ServerSocket(0)) {
            telemetry.pilot.page("/weft/v1/targets", """
                    [{"targets": ["127.0.0.1:%1$d"], "labels": {"__metrics_path__": "/good"}},
                     {"targets": ["127.0.0.1:%1$d"], "labels": {"__metrics_path__": "/broken"}},
                     {"targets": ["127.0.0.1:%1$d"], "labels": {"__metrics_path__": "/huge"}},
                     {"targets": ["127.0.0.1:%1$d"], "labels": {"__metrics_path__": "/elsewhere"}},
                     {"targets": ["127.0.0.1:%1$d"], "labels": {"__metrics_path__": "/x", "__scheme__": "file"}},
                     {"targets": ["user@127.0.0.1:%1$d", 7, "nonsense"]},
                     {"targets": ["127.0.0.1:%2$d"], "labels": {"__metrics_path__": "/silent"}}]
                    """.formatted(proxies.port(), silent.getLocalPort()));

            awaitSum("200", 1);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(telemetry.json("/weft/v1/status").path("targets").path("items")).hasSize(5);
                assertThat(telemetry.json("/weft/v1/status").path("targets").path("discovery").asString())
                        .endsWith("4 left out; the first: target \"file://127.0.0.1:" + proxies.port()
                                + "/x\" (expected: http://host:port/path)");
                assertThat(target("/good").path("up").asBoolean()).isTrue();
                assertThat(target("/broken").path("error").asString()).contains("line 2: label value");
                assertThat(target("/huge").path("error").asString()).isEqualTo("the page has more than 16777216 bytes");
                assertThat(target("/elsewhere").path("error").asString()).isEqualTo("answered 302 (expected: 200)");
                assertThat(target("/silent").path("error").asString()).isEqualTo("no answer within 3000 ms");
            });
            assertThat(sum("source", "200")).isEqualTo(1);
        }
    }

    @Test
    void whilePilotIsAway_itsLastTargetsStand_andItIsSaid() {
        proxies.page("/a", Metrics.requests("source", "200", 1));
        targets("/a");
        telemetry.pilot.page("/weft/v1/proxies", "[{\"id\": \"x\"}]");
        awaitSum("200", 1);
        assertThat(telemetry.get("/weft/v1/proxies").body()).isEqualTo("[{\"id\": \"x\"}]");
        telemetry.isReady();

        telemetry.pilot.close();
        proxies.page("/a", Metrics.requests("source", "200", 2));

        awaitSum("200", 2);
        await().untilAsserted(() -> assertThat(telemetry.json("/weft/v1/status").path("targets").path("discovery").asString())
                .endsWith("/weft/v1/targets: connection refused"));
        assertThat(telemetry.get("/weft/v1/proxies").statusCode()).isEqualTo(503);
        assertThat(telemetry.get("/weft/v1/proxies").body()).contains("mesh-pilot does not answer");
        telemetry.isReady();
    }
}
