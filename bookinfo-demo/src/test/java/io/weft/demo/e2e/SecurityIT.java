package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Identity and policy as a peer sees them on the wire. The seeded mesh is STRICT. */
class SecurityIT {

    private static final String PERMISSIVE = """
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: default, namespace: default}
            spec: {mtls: {mode: PERMISSIVE}}
            """;

    private static final long CALLS = 20;

    private final Mesh mesh = mesh();
    private final Workloads workloads = new Workloads(mesh);

    /** Another mesh for those who promise the same of it. */
    Mesh mesh() {
        return Mesh.shared();
    }

    @Test
    void aSidecarShowsItsSpiffeIdOnTheWire() throws Exception {
        X509Certificate shown = WireProbe.certificateShownAt(workloads.inboundPort("reviews-v1"));

        assertThat(shown.getSubjectAlternativeNames())
                .singleElement()
                .isEqualTo(List.of(6, "spiffe://cluster.local/ns/default/sa/bookinfo-reviews"));
    }

    @Test
    void underStrictAClientWithoutACertificateIsRefused() {
        int port = workloads.inboundPort("reviews-v1");

        assertThatThrownBy(() -> WireProbe.plainGet(port, "reviews", "/reviews/0")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> WireProbe.tlsGetWithoutCertificate(port, "reviews", "/reviews/0"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void underPermissiveAPlaintextClientIsServed() {
        int port = workloads.inboundPort("reviews-v1");
        try (Rules rules = mesh.applyYaml("permissive.yaml", PERMISSIVE)) {
            await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> WireProbe.plainGet(port, "reviews:9080", "/reviews/0").startsWith("HTTP/1.1 200"));
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThatThrownBy(() -> WireProbe.plainGet(port, "reviews", "/reviews/0"))
                        .isInstanceOf(IOException.class));
    }

    @Test
    void underDisableTheMeshItselfCallsWithoutMtls_andUnderStrictWithItAgain() {
        var productpage = Http.through(mesh.proxyPort("productpage-v1"));
        String disable = PERMISSIVE.replace("PERMISSIVE", "DISABLE");
        try (Rules rules = mesh.applyYaml("disable.yaml", disable)) {
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(callsOfDetails(productpage)).containsOnlyKeys("none"));
            assertThat(callsOfDetails(productpage)).as("and so it stays").containsOnlyKeys("none");
        }
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(callsOfDetails(productpage)).containsOnlyKeys("mutual_tls"));
        assertThat(callsOfDetails(productpage)).as("and nothing is lost").containsOnlyKeys("mutual_tls");
    }

    /** Calls that are all answered, by how safe the server found the connections. */
    private Map<String, Long> callsOfDetails(HttpClient client) {
        Series before = details();
        for (int i = 0; i < CALLS; i++) {
            assertThat(Http.send(client, "GET", "http://details:9080/details/0", "").statusCode()).isEqualTo(200);
        }
        Map<String, Long> calls = new TreeMap<>();
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            calls.clear();
            calls.putAll(details().since(before, "connection_security_policy", labels -> "destination".equals(labels.get("reporter"))));
            return calls.values().stream().mapToLong(Long::longValue).sum() >= CALLS;
        });
        return calls;
    }

    private Series details() {
        return Series.at("http://127.0.0.1:" + mesh.adminPort("details-v1") + "/actuator/prometheus", "istio_requests_total");
    }

    @Test
    void aServerWithAnotherServicesCertificateGetsNoRequest() throws Exception {
        try (Impostor impostor = Impostor.withCertificateOf(mesh, "details-v1", "bookinfo-details");
                Rules rules = mesh.applyYaml("impostor.yaml", """
                        apiVersion: networking.istio.io/v1
                        kind: WorkloadEntry
                        metadata: {name: impostor, namespace: default}
                        spec:
                          address: 127.0.0.1
                          ports: {http: %d}
                          serviceAccount: bookinfo-reviews
                          labels: {app: reviews, version: impostor, security.istio.io/tlsMode: istio}
                        ---
                        apiVersion: networking.istio.io/v1
                        kind: DestinationRule
                        metadata: {name: impostor, namespace: default}
                        spec:
                          host: reviews
                          subsets: [{name: impostor, labels: {version: impostor}}]
                        ---
                        apiVersion: networking.istio.io/v1
                        kind: VirtualService
                        metadata: {name: impostor, namespace: default}
                        spec:
                          hosts: [reviews]
                          http: [{route: [{destination: {host: reviews, subset: impostor}}]}]
                        """.formatted(impostor.port()))) {
            var workload = Http.through(mesh.proxyPort("productpage-v1"));

            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
                HttpResponse<String> answer = Http.send(workload, "GET", "http://reviews:9080/reviews/0", "");
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(impostor.handshakes()).isPositive();
            });
            assertThat(impostor.requests()).isZero();
        }
    }

    @Test
    void aRequestThatPolicyDeniesIs403AndNeverReachesTheApp() {
        var productpage = Http.through(mesh.proxyPort("productpage-v1"));
        var ratings = Http.through(mesh.proxyPort("ratings-v1"));
        String uri = "http://httpbin:8000/anything/secret";
        try (Rules rules = mesh.applyYaml("deny.yaml", """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: deny-productpage, namespace: default}
                spec:
                  selector: {matchLabels: {app: httpbin}}
                  action: DENY
                  rules:
                  - from: [{source: {principals: [cluster.local/ns/default/sa/bookinfo-productpage]}}]
                    to: [{operation: {methods: [GET], paths: [/anything/secret*]}}]
                """)) {
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                            Http.send(productpage, "GET", uri, "").statusCode())
                    .isEqualTo(403));
            long served = workloads.upstreamRequests("httpbin-v1");

            HttpResponse<String> denied = Http.send(productpage, "GET", uri, "");
            assertThat(denied.statusCode()).isEqualTo(403);
            assertThat(denied.body()).isEqualTo("RBAC: access denied");
            assertThat(Http.send(productpage, "GET", "http://httpbin:8000/x/../anything/%73ecret", "").statusCode())
                    .as("a path in disguise is judged in its normal form")
                    .isEqualTo(403);
            assertThat(workloads.upstreamRequests("httpbin-v1")).isEqualTo(served);

            assertThat(Http.send(productpage, "POST", uri, "x").statusCode()).isEqualTo(200);
            assertThat(Http.send(ratings, "GET", uri, "").statusCode()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(workloads.upstreamRequests("httpbin-v1")).isEqualTo(served + 2));
        }
    }

    @Test
    void anAllowPolicyAdmitsOnlyWhomItNames() {
        var productpage = Http.through(mesh.proxyPort("productpage-v1"));
        var ratings = Http.through(mesh.proxyPort("ratings-v1"));
        try (Rules rules = mesh.applyYaml("allow.yaml", """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: allow-productpage, namespace: default}
                spec:
                  selector: {matchLabels: {app: details}}
                  rules:
                  - from: [{source: {principals: [cluster.local/ns/default/sa/bookinfo-productpage]}}]
                """)) {
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                            Http.send(ratings, "GET", "http://details:9080/details/0", "").statusCode())
                    .isEqualTo(403));
            assertThat(Http.send(productpage, "GET", "http://details:9080/details/0", "").statusCode())
                    .isEqualTo(200);
        }
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                        Http.send(ratings, "GET", "http://details:9080/details/0", "").statusCode())
                .isEqualTo(200));
    }

    @Test
    void anAppWhosePortIsOpenButWhoseProbeFailsLeavesRotation() {
        String path = "/apis/networking.istio.io/v1/namespaces/default/workloadgroups/httpbin-v1";
        String group = Http.get(mesh.pilot(path)).body().replaceAll("\"resourceVersion\" *: *\"[^\"]*\",?", "");
        assertThat(group).contains("\"/health\"");
        try {
            HttpResponse<String> put = putJson(path, group.replace("\"/health\"", "\"/status/500\""));
            assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                            Http.get(mesh.ingress("/get"), "Host", "httpbin.example.com").statusCode())
                    .isEqualTo(503));
        } finally {
            assertThat(putJson(path, group).statusCode()).isEqualTo(200);
        }
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                        Http.get(mesh.ingress("/get"), "Host", "httpbin.example.com").statusCode())
                .isEqualTo(200));
    }

    private HttpResponse<String> putJson(String path, String json) {
        return Http.send("PUT", mesh.pilot(path), json, "Content-Type", "application/json");
    }
}
