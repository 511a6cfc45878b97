package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** mesh-gateway as a workload's sidecar, inbound and outbound, with a team's own filter in it; reviews v2 and v3 keep the lean one. */
@Timeout(300)
class SpringSidecarIT {

    private static final String ASKED_BY = "x-team-asked-by";
    private static final String PRODUCTPAGE = "spiffe://cluster.local/ns/default/sa/bookinfo-productpage";

    private static Mesh mesh;

    @BeforeAll
    static void start() {
        mesh = Mesh.start(
                Path.of("target/e2e-spring-sidecar").toAbsolutePath(),
                Mesh.freePorts(),
                "-Dweft.demo.spring-sidecars=productpage-v1,details-v1,reviews-v1,ratings-v1,httpbin-v1");
        mesh.awaitReady();
    }

    @AfterAll
    static void stop() {
        mesh.close();
        assertThat(mesh.output()).doesNotContain("LEAK:", "did not stop cleanly");
    }

    /** Out of productpage's Spring sidecar, into details' one. */
    private static HttpResponse<String> details() {
        return fromProductpage("http://details:9080/details/0");
    }

    private static HttpResponse<String> fromProductpage(String uri) {
        return Http.send(Http.through(mesh.proxyPort("productpage-v1")), "GET", uri, "");
    }

    private static String actuator(String workload, String path) {
        return Http.get("http://127.0.0.1:" + mesh.adminPort(workload) + "/actuator" + path).body();
    }

    @Test
    void bookinfoWorksAsWithTheLeanOnes() {
        HttpResponse<String> page = Http.get(mesh.ingress("/productpage"));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("Book details").doesNotContain("Error fetching");
        assertThat(details().statusCode()).isEqualTo(200);
        assertThat(fromProductpage("http://reviews:9080/reviews/0").statusCode()).isEqualTo(200);
        assertThat(fromProductpage("http://httpbin.external.example/get").statusCode()).isEqualTo(200);
    }

    @Test
    void itRegistersAndReportsItsApplication_asAProxyOfThePilot() {
        assertThat(Http.get(mesh.pilot("/weft/v1/proxies")).body())
                .contains("sidecar~127.0.0.1~details-v1.default~default.svc.cluster.local")
                .contains("sidecar~127.0.0.1~productpage-v1.default~default.svc.cluster.local");
        assertThat(actuator("details-v1", "/health/application")).contains("\"status\":\"UP\"");
        assertThat(Http.get(mesh.pilot("/weft/v1/targets")).body())
                .contains("127.0.0.1:" + mesh.adminPort("details-v1"))
                .contains("/actuator/prometheus");
    }

    @Test
    void actuatorIsReal() {
        assertThat(actuator("details-v1", "/health/readiness")).contains("\"status\":\"UP\"");
        assertThat(actuator("details-v1", "/info"))
                .contains("\"identity\":\"spiffe://cluster.local/ns/default/sa/bookinfo-details\"")
                .contains("\"controlPlane\":\"connected\"");
        details();
        assertThat(actuator("details-v1", "/prometheus"))
                .contains("jvm_memory_used_bytes")
                .containsPattern("istio_requests_total\\{[^}]*destination_workload=\"details-v1\"");
        assertThat(actuator("details-v1", "/gateway/globalfilters")).contains("TeamFilters");
        String routes = "http://127.0.0.1:" + mesh.adminPort("details-v1") + "/actuator/gateway/routes/x";
        assertThat(Http.send("DELETE", routes, "").statusCode()).isIn(404, 405);
        assertThat(Http.send("POST", routes, "{}", "Content-Type", "application/json").statusCode()).isIn(404, 405);
    }

    @Test
    void aTeamsGlobalFilterWorks_inFrontOfWhatTheMeshSays() {
        assertThat(details().headers().firstValue(ASKED_BY)).isEmpty();
        try (Rules route = mesh.applyYaml("team-details.yaml", team("details"))) {
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
                HttpResponse<String> answer = details();
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().allValues(ASKED_BY)).isEqualTo(List.of(PRODUCTPAGE));
                assertThat(answer.body()).contains("ISBN-10");
            });
            assertThat(Http.get(mesh.ingress("/productpage")).body()).contains("Book details").doesNotContain("Error fetching");
        }
        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(details().headers().firstValue(ASKED_BY)).isEmpty());
    }

    @Test
    void policyComesBeforeATeamsFilters() {
        try (Rules route = mesh.applyYaml("team-details.yaml", team("details"))) {
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(details().headers().firstValue(ASKED_BY)).isPresent());
            try (Rules deny = mesh.applyYaml(
                    "deny-details.yaml",
                    """
                    apiVersion: security.istio.io/v1
                    kind: AuthorizationPolicy
                    metadata: {name: deny-details, namespace: default}
                    spec:
                      selector: {matchLabels: {app: details}}
                      action: DENY
                      rules:
                      - from: [{source: {principals: [cluster.local/ns/default/sa/bookinfo-productpage]}}]
                    """)) {
                await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(details().statusCode()).isEqualTo(403));
                assertThat(details().headers().firstValue(ASKED_BY)).isEmpty();
            }
        }
    }

    @Test
    void onTheWayOutATeamsFilterWorksToo() {
        assertThat(fromProductpage("http://reviews:9080/reviews/0").headers().firstValue(ASKED_BY)).isEmpty();
        try (Rules route = mesh.applyYaml("team-productpage.yaml", team("productpage"))) {
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
                HttpResponse<String> answer = fromProductpage("http://reviews:9080/reviews/0");
                assertThat(answer.statusCode()).isEqualTo(200);
                // Its own application, which speaks plain HTTP to it, has no certificate.
                assertThat(answer.headers().firstValue(ASKED_BY)).hasValue("somebody");
            });
            assertThat(Http.get(mesh.ingress("/productpage")).headers().firstValue(ASKED_BY))
                    .hasValue("spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account");
        }
    }

    @Test
    void aTeamsLimiterCountsEachCallerByItself() {
        String limited =
                """
                apiVersion: gateway.weft.io/v1alpha1
                kind: SpringRoute
                metadata: {name: limited-httpbin, namespace: default}
                spec:
                  selector: {app: httpbin}
                  uri: mesh:///
                  order: -1
                  predicates: ["Path=/limited/**"]
                  filters: ["SetPath=/status/204", {name: RequestRateLimiter}]
                """;
        try (Rules route = mesh.applyYaml("limited-httpbin.yaml", limited)) {
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() ->
                    assertThat(fromProductpage("http://httpbin:8000/limited/0").statusCode()).isNotEqualTo(404));
            // Five in a minute of the clock; eleven calls in a row meet at most two such minutes.
            List<Integer> answers = IntStream.range(0, 11)
                    .mapToObj(i -> fromProductpage("http://httpbin:8000/limited/1").statusCode())
                    .toList();
            assertThat(answers).containsOnly(204, 429);
            // Somebody else's calls are still there.
            assertThat(Http.send(Http.through(mesh.proxyPort("reviews-v2")), "GET", "http://httpbin:8000/limited/2", "").statusCode())
                    .isEqualTo(204);
        }
    }

    /** What identity and policy promise of the lean sidecar. */
    @Nested
    class Security extends SecurityIT {
        @Override
        Mesh mesh() {
            return mesh;
        }
    }

    /** What listeners of kind Sidecar promise of the lean one. */
    @Nested
    class Listeners extends SidecarListenersIT {
        @Override
        Mesh mesh() {
            return mesh;
        }
    }

    private static String team(String app) {
        return """
                apiVersion: gateway.weft.io/v1alpha1
                kind: SpringRoute
                metadata: {name: team-%1$s, namespace: default}
                spec:
                  selector: {app: %1$s}
                  uri: mesh:///
                  order: -1
                  predicates: ["Path=/**"]
                """
                .formatted(app);
    }
}
