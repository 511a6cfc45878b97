package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Spring team's routes: given to mesh-pilot, served by the ingress gateway, answered by workloads of the mesh. */
class SpringRouteIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration TAKES_EFFECT = Duration.ofSeconds(15);

    private final Mesh mesh = Mesh.shared();

    @Test
    void aRouteWithFiltersReachesAServiceThroughItsSidecar() {
        try (Route books = post(
                "books",
                """
                {"id": "books", "uri": "lb://details:9080",
                 "predicates": ["Path=/books/{id}"],
                 "filters": ["SetPath=/details/{id}", "AddResponseHeader=x-team, spring"]}
                """)) {
            await().atMost(TAKES_EFFECT).untilAsserted(() -> {
                HttpResponse<String> answer = Http.get(mesh.ingress("/books/7"));
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("x-team")).hasValue("spring");
                assertThat(JSON.readTree(answer.body()).path("id").asInt()).isEqualTo(7);
            });
            // Shown as the actuator of Spring Cloud Gateway shows it, and as the object it is.
            assertThat(Http.get(mesh.pilot("/weft/v1/routes/books?namespace=default")).body()).contains("lb://details:9080");
            assertThat(Http.get(mesh.pilot("/apis/gateway.weft.io/v1alpha1/namespaces/default/springroutes/books")).statusCode())
                    .isEqualTo(200);
        }
        await().atMost(TAKES_EFFECT).untilAsserted(() ->
                assertThat(Http.get(mesh.ingress("/books/7")).statusCode()).isEqualTo(404));
    }

    @Test
    void itIsObservedAsAMeshRouteIs() {
        try (Route books = post(
                "observed", "{\"uri\": \"lb://details:9080\", \"predicates\": [\"Path=/observed/{id}\"], \"filters\": [\"SetPath=/details/{id}\"]}")) {
            await().atMost(TAKES_EFFECT).untilAsserted(() ->
                    assertThat(Http.get(mesh.ingress("/observed/1")).statusCode()).isEqualTo(200));
            Series gateway = gateway();
            Series details = details();
            for (int i = 0; i < 20; i++) {
                assertThat(Http.get(mesh.ingress("/observed/2?n=" + i)).statusCode()).isEqualTo(200);
            }
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(gateway().since(gateway, "response_code", labels -> "source".equals(labels.get("reporter"))
                                && "istio-ingressgateway".equals(labels.get("source_workload"))
                                && "details-v1".equals(labels.get("destination_workload"))))
                        .containsOnly(Map.entry("200", 20L));
                assertThat(details().since(details, "connection_security_policy", labels -> "destination".equals(labels.get("reporter"))
                                && "istio-ingressgateway".equals(labels.get("source_workload"))
                                && "details-v1".equals(labels.get("destination_workload"))))
                        .containsOnly(Map.entry("mutual_tls", 20L));
            });
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                JsonNode items = JSON.readTree(Http.get(mesh.telemetry("/weft/v1/logs?path=/observed/2?n=19")).body()).path("items");
                assertThat(items).anySatisfy(item -> {
                    assertThat(item.path("direction").asString()).isEqualTo("gateway");
                    assertThat(item.path("route").asString()).contains("observed");
                    assertThat(item.path("cluster").asString()).isEqualTo("outbound|9080||details.default.svc.cluster.local");
                });
                String trace = items.get(0).path("traceId").asString();
                JsonNode spans = JSON.readTree(Http.get(mesh.telemetry("/weft/v1/traces/" + trace)).body()).path("spans");
                assertThat(spans).hasSizeGreaterThanOrEqualTo(3);
                List<String> ids = new ArrayList<>();
                spans.forEach(span -> ids.add(span.path("spanId").asString()));
                assertThat(spans).filteredOn(span -> span.path("parentId").isNull()).hasSize(1);
                assertThat(spans).allSatisfy(span ->
                        assertThat(span.path("parentId").isNull() || ids.contains(span.path("parentId").asString())).isTrue());
            });
        }
    }

    @Test
    void whatNoGatewayHasIsRefusedWithTheNearestName() {
        HttpResponse<String> answer = Http.send(
                "POST",
                mesh.pilot("/weft/v1/routes?namespace=default"),
                "{\"id\": \"wrong\", \"uri\": \"lb://details:9080\", \"predicates\": [\"Path=/x\"], \"filters\": [\"AddRequestHeeder=a, b\"]}",
                "Content-Type", "application/json");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("AddRequestHeeder").contains("AddRequestHeader").contains("filters[0]");
        assertThat(Http.get(mesh.pilot("/weft/v1/routes/wrong?namespace=default")).statusCode()).isEqualTo(404);
    }

    @Test
    void noExpressionLanguageEver() {
        HttpResponse<String> answer = Http.send(
                "POST",
                mesh.pilot("/weft/v1/routes?namespace=default"),
                "{\"id\": \"spel\", \"uri\": \"lb://details:9080\", \"predicates\": [\"Path=/x\"],"
                        + " \"filters\": [\"AddRequestHeader=a, #{T(java.lang.Runtime).getRuntime()}\"]}",
                "Content-Type", "application/json");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("#{");
    }

    @Test
    void aBreakerOpensOnToItsFallback() {
        try (Route broken = post(
                        "broken",
                        """
                        {"uri": "lb://httpbin:8000", "predicates": ["Path=/broken/{code}"],
                         "filters": ["SetPath=/status/{code}",
                           {"name": "CircuitBreaker", "args": {"name": "broken", "fallbackUri": "forward:/fallback/0", "statusCodes": "500"}}]}
                        """);
                Route fallback = post(
                        "fallback",
                        "{\"uri\": \"lb://details:9080\", \"predicates\": [\"Path=/fallback/{id}\"], \"filters\": [\"SetPath=/details/{id}\"]}")) {
            await().atMost(TAKES_EFFECT).untilAsserted(() -> {
                HttpResponse<String> answer = Http.get(mesh.ingress("/broken/500"));
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).contains("ISBN-10");
            });
            assertThat(Http.get(mesh.ingress("/broken/204")).statusCode()).isIn(204, 200);
        }
    }

    @Test
    void retryAsksAgain_asOftenAsItSays() {
        try (Route retried = post(
                "retried",
                """
                {"uri": "lb://httpbin:8000", "predicates": ["Path=/retried/{code}"],
                 "filters": ["SetPath=/status/{code}",
                   {"name": "Retry", "args": {"retries": "3", "statuses": "INTERNAL_SERVER_ERROR", "methods": "GET"}}]}
                """)) {
            await().atMost(TAKES_EFFECT).untilAsserted(() ->
                    assertThat(Http.get(mesh.ingress("/retried/204")).statusCode()).isEqualTo(204));
            Series before = httpbin();
            assertThat(Http.get(mesh.ingress("/retried/500")).statusCode()).isEqualTo(500);
            assertThat(Http.send("POST", mesh.ingress("/retried/500"), "x").statusCode()).as("not a method it repeats").isEqualTo(500);
            await().atMost(TAKES_EFFECT).untilAsserted(() -> assertThat(httpbin().since(before, "response_code", labels ->
                            "destination".equals(labels.get("reporter")) && "istio-ingressgateway".equals(labels.get("source_workload"))))
                    .isEqualTo(Map.of("500", 5L)));
        }
    }

    @Test
    void aRouteRemovedWhileUsedAndFiveHundredPushedUnderLoadFailNothing() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger sent = new AtomicInteger();
        ExecutorService clients = Executors.newFixedThreadPool(4);
        try (Route used = post(
                "used", "{\"uri\": \"lb://details:9080\", \"predicates\": [\"Path=/used/{id}\"], \"filters\": [\"SetPath=/details/{id}\"]}")) {
            await().atMost(TAKES_EFFECT).untilAsserted(() ->
                    assertThat(Http.get(mesh.ingress("/used/1")).statusCode()).isEqualTo(200));
            List<Future<Integer>> failed = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                HttpClient client = Http.client(HttpClient.newBuilder());
                String path = i % 2 == 0 ? "/used/" + i : "/productpage";
                failed.add(clients.submit(() -> load(client, path, stop, sent)));
            }
            try (Rules many = mesh.applyYaml("five-hundred.yaml", fiveHundred())) {
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() ->
                        assertThat(Http.get(mesh.ingress("/many/499/0")).statusCode()).isEqualTo(200));
            }
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() ->
                    assertThat(Http.get(mesh.ingress("/many/499/0")).statusCode()).isEqualTo(404));
            await().atMost(Duration.ofSeconds(60)).until(() -> sent.get() > 200);
            stop.set(true);
            int failures = 0;
            for (Future<Integer> each : failed) {
                failures += each.get();
            }
            assertThat(failures).as("failed of %s", sent).isZero();
        } finally {
            stop.set(true);
            clients.shutdownNow();
        }
    }

    @Test
    void aRequestUnderWayOutlivesItsRoute() throws Exception {
        ExecutorService clients = Executors.newSingleThreadExecutor();
        try {
            Route slow = post(
                    "slow", "{\"uri\": \"lb://httpbin:8000\", \"predicates\": [\"Path=/slow/{n}\"], \"filters\": [\"SetPath=/delay/{n}\"]}");
            Future<HttpResponse<String>> answer;
            try (slow) {
                await().atMost(TAKES_EFFECT).untilAsserted(() ->
                        assertThat(Http.get(mesh.ingress("/slow/0")).statusCode()).isEqualTo(200));
                answer = clients.submit(() -> Http.get(mesh.ingress("/slow/9")));
                await().atMost(TAKES_EFFECT).until(() -> answer.isDone() || active() > 0);
            }
            await().atMost(Duration.ofSeconds(8)).untilAsserted(() ->
                    assertThat(Http.get(mesh.ingress("/slow/0")).statusCode()).isEqualTo(404));
            assertThat(answer.isDone()).as("the slow request ended before its route went").isFalse();
            assertThat(answer.get().statusCode()).isEqualTo(200);
        } finally {
            clients.shutdownNow();
        }
    }

    private double active() {
        return Series.at("http://127.0.0.1:" + mesh.adminPort("httpbin-v1") + "/stats/prometheus", "envoy_cluster_upstream_rq_active")
                .samples()
                .entrySet()
                .stream()
                .filter(sample -> sample.getKey().toString().contains("inbound"))
                .mapToDouble(sample -> sample.getValue())
                .sum();
    }

    private static int load(HttpClient client, String path, AtomicBoolean stop, AtomicInteger sent) {
        int failures = 0;
        while (!stop.get()) {
            sent.incrementAndGet();
            HttpResponse<String> answer = Http.send(client, "GET", Mesh.shared().ingress(path), "");
            failures += answer.statusCode() == 200 ? 0 : 1;
        }
        return failures;
    }

    private static String fiveHundred() {
        return IntStream.range(0, 500)
                .mapToObj(
                        i -> """
                        apiVersion: gateway.weft.io/v1alpha1
                        kind: SpringRoute
                        metadata: {name: many-%1$d, namespace: default}
                        spec:
                          uri: lb://details:9080
                          predicates: ["Path=/many/%1$d/{id}"]
                          filters: ["SetPath=/details/{id}"]
                        """
                                .formatted(i))
                .collect(Collectors.joining("---\n"));
    }

    private Series gateway() {
        return Series.at("http://127.0.0.1:" + mesh.port("weft.ingress.management-port") + "/actuator/prometheus", "istio_requests_total");
    }

    private Series details() {
        return Series.at("http://127.0.0.1:" + mesh.adminPort("details-v1") + "/stats/prometheus", "istio_requests_total");
    }

    private Series httpbin() {
        return Series.at("http://127.0.0.1:" + mesh.adminPort("httpbin-v1") + "/stats/prometheus", "istio_requests_total");
    }

    private Route post(String id, String json) {
        String body = json.contains("\"id\"") ? json : json.replaceFirst("\\{", "{\"id\": \"" + id + "\", ");
        HttpResponse<String> answer = Http.send(
                "POST", mesh.pilot("/weft/v1/routes?namespace=default"), body, "Content-Type", "application/json");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return new Route(mesh, id);
    }

    /** A route that goes with its test. */
    private record Route(Mesh mesh, String id) implements AutoCloseable {
        @Override
        public void close() {
            assertThat(Http.send("DELETE", mesh.pilot("/weft/v1/routes/" + id + "?namespace=default"), "").statusCode())
                    .isIn(200, 204);
        }
    }
}
