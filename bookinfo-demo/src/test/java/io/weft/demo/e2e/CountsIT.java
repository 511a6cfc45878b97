package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everybody counts alike. By ARCHITECTURE.md's rule: client = source, code by code; destination = source − answered at the source (no
 * route, faults) + retries.
 */
class CountsIT {

    private static final String REQUESTS = "istio_requests_total";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration SEEN = Duration.ofSeconds(30);

    private static final String RULES =
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: counts, namespace: default}
            spec:
              hosts: [httpbin]
              http:
                - match: [{headers: {x-case: {exact: fault}}}]
                  fault: {abort: {httpStatus: 418, percentage: {value: 100}}}
                  route: [{destination: {host: httpbin, port: {number: 8000}}}]
                - match: [{uri: {prefix: /delay/}}]
                  timeout: 300ms
                  retries: {attempts: 0}
                  route: [{destination: {host: httpbin, port: {number: 8000}}}]
                - match: [{uri: {exact: /status/500}}]
                  retries: {attempts: 2, retryOn: 5xx}
                  route: [{destination: {host: httpbin, port: {number: 8000}}}]
                - match: [{uri: {prefix: /status/}}, {uri: {prefix: /get}}]
                  route: [{destination: {host: httpbin, port: {number: 8000}}}]
            """;

    /** What is asked, and how often. */
    private enum Case {
        FOUND("/get", 900, 200, 1),
        MISSING("/status/404", 300, 404, 1),
        UNAVAILABLE("/status/503", 250, 503, 1),
        RETRIED("/status/500", 100, 500, 3),
        TIMED_OUT("/delay/1", 50, 504, 1),
        FAULT("/get", 250, 418, 0),
        NO_ROUTE("/nowhere", 150, 404, 0);

        final String path;
        final int times;
        final int status;
        /** How many requests each makes at the destination. */
        final int arrivals;

        Case(String path, int times, int status, int arrivals) {
            this.path = path;
            this.times = times;
            this.status = status;
            this.arrivals = arrivals;
        }
    }

    private final Mesh mesh = Mesh.shared();

    @Test
    void twoThousandMixedRequestsAreCountedAlikeByClientSourceDestinationAndLogs() throws Exception {
        String run = UUID.randomUUID().toString();
        HttpClient client = Http.through(mesh.proxyPort("ratings-v1"));
        try (Rules rules = mesh.applyYaml("counts.yaml", RULES)) {
            await().atMost(SEEN).untilAsserted(() -> assertThat(ask(client, Case.NO_ROUTE, "warm-up")).isEqualTo(404));
            await().atMost(SEEN).untilAsserted(() -> assertThat(ask(client, Case.FOUND, "warm-up")).isEqualTo(200));
            // What has been asked until now is everywhere before anybody counts.
            await().atMost(SEEN).untilAsserted(() -> {
                assertThat(merged().samples()).containsAllEntriesOf(of(source(), CountsIT::bySource));
                assertThat(merged().samples()).containsAllEntriesOf(of(destination(), CountsIT::byDestination));
            });
            Series source = source();
            Series destination = destination();
            Series merged = merged();

            Map<String, Long> client2000 = send(client, run);

            Map<String, Long> expected = new TreeMap<>();
            long arrivals = 0;
            for (Case each : Case.values()) {
                expected.merge(String.valueOf(each.status), (long) each.times, Long::sum);
                arrivals += (long) each.times * each.arrivals;
            }
            assertThat(client2000).as("as the client saw them").isEqualTo(expected);
            long arrived = arrivals;

            await().atMost(SEEN).untilAsserted(() -> {
                assertThat(source().since(source, "response_code", CountsIT::bySource)).as("at the source").isEqualTo(expected);
                assertThat(total(destination().since(destination, "response_code", CountsIT::byDestination)))
                        .as("at the destination")
                        .isEqualTo(arrived);
            });
            Map<String, Long> atDestination = destination().since(destination, "response_code", CountsIT::byDestination);
            assertThat(atDestination)
                    .containsEntry("200", (long) Case.FOUND.times)
                    .containsEntry("404", (long) Case.MISSING.times)
                    .containsEntry("503", (long) Case.UNAVAILABLE.times)
                    .containsEntry("500", 3L * Case.RETRIED.times);

            await().atMost(SEEN).untilAsserted(() -> {
                Series now = merged();
                assertThat(now.since(merged, "response_code", CountsIT::bySource)).as("merged, source").isEqualTo(expected);
                assertThat(now.since(merged, "response_code", CountsIT::byDestination)).as("merged, destination").isEqualTo(atDestination);
            });
            await().atMost(SEEN).untilAsserted(() -> {
                assertThat(logged(run, "outbound")).as("access logs of the source").isEqualTo(expected);
                assertThat(logged(run, "inbound")).as("access logs of the destination").isEqualTo(atDestination);
            });
        }
    }

    private static boolean bySource(Map<String, String> labels) {
        return "source".equals(labels.get("reporter")) && "ratings-v1".equals(labels.get("source_workload"));
    }

    private static boolean byDestination(Map<String, String> labels) {
        return "destination".equals(labels.get("reporter"))
                && "ratings-v1".equals(labels.get("source_workload"))
                && "httpbin-v1".equals(labels.get("destination_workload"));
    }

    private Series source() {
        return Series.at("http://127.0.0.1:" + mesh.adminPort("ratings-v1") + "/stats/prometheus", REQUESTS);
    }

    private Series destination() {
        return Series.at("http://127.0.0.1:" + mesh.adminPort("httpbin-v1") + "/stats/prometheus", REQUESTS);
    }

    private Series merged() {
        return Series.at(mesh.telemetry("/actuator/prometheus"), REQUESTS);
    }

    private static Map<Map<String, String>, Double> of(Series series, Predicate<Map<String, String>> which) {
        Map<Map<String, String>, Double> samples = new HashMap<>(series.samples());
        samples.keySet().removeIf(labels -> !which.test(labels));
        return samples;
    }

    private static long total(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** All cases, shuffled, sixteen at a time. */
    private static Map<String, Long> send(HttpClient client, String run) throws InterruptedException, ExecutionException {
        List<Case> all = new ArrayList<>();
        for (Case each : Case.values()) {
            all.addAll(Collections.nCopies(each.times, each));
        }
        assertThat(all).hasSize(2000);
        Collections.shuffle(all, new Random(7));
        ExecutorService workers = Executors.newFixedThreadPool(16);
        try {
            List<Future<Integer>> answers = new ArrayList<>();
            for (Case each : all) {
                answers.add(workers.submit(() -> ask(client, each, run)));
            }
            Map<String, Long> codes = new TreeMap<>();
            for (Future<Integer> answer : answers) {
                codes.merge(String.valueOf(answer.get()), 1L, Long::sum);
            }
            return codes;
        } finally {
            workers.shutdownNow();
        }
    }

    private static int ask(HttpClient client, Case each, String run) {
        List<String> headers = new ArrayList<>(List.of("x-run", run));
        if (each == Case.FAULT) {
            headers.addAll(List.of("x-case", "fault"));
        }
        HttpResponse<String> answer = Http.send(
                client, "GET", "http://httpbin:8000" + each.path + "?run=" + run, "", headers.toArray(String[]::new));
        return answer.statusCode();
    }

    /** By code, of the lines that name this run and come from the source's proxy ({@code outbound}) or tell of its account ({@code inbound}). */
    private Map<String, Long> logged(String run, String direction) {
        String from = direction.equals("outbound") ? "ratings-v1" : "bookinfo-ratings";
        Map<String, Long> codes = new TreeMap<>();
        // An answer has at most a thousand lines.
        for (String status : List.of("0", "1xx", "2xx", "3xx", "4xx", "5xx")) {
            HttpResponse<String> answer = Http.get(
                    mesh.telemetry("/weft/v1/logs?limit=1000&path=" + run + "&source=" + from + "&status=" + status));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            for (JsonNode item : JSON.readTree(answer.body()).path("items")) {
                assertThat(item.path("direction").asString()).isEqualTo(direction);
                codes.merge(String.valueOf(item.path("status").asInt()), 1L, Long::sum);
            }
        }
        return codes;
    }
}
