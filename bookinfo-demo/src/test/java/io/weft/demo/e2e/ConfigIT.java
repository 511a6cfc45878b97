package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Config by file and by REST: in force at once, refused with the reason, never half. */
class ConfigIT {

    private static final String REVIEWS = "/apis/networking.istio.io/v1/namespaces/default/virtualservices/reviews";
    private static final String ROUTE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: teapot, namespace: default}
            spec:
              hosts: [teapot.example.com]
              gateways: [%s]
              http:
              - directResponse: {status: %d}
            """;

    private final Mesh mesh = Mesh.shared();

    @Test
    void anObjectPutOverRestIsInForceAndLandsInTheFolder() {
        String path = "/apis/networking.istio.io/v1beta1/namespaces/default/virtualservices/teapot";
        HttpResponse<String> put = put(path, ROUTE.formatted("bookinfo-gateway", 418).replace("/v1", "/v1beta1"));
        try {
            assertThat(put.statusCode()).as(put.body()).isIn(200, 201);
            awaitStatus("teapot.example.com", 418);
            assertThat(Http.get(mesh.pilot(path.replace("v1beta1", "v1alpha3"))).statusCode()).isEqualTo(200);
        } finally {
            assertThat(Http.send("DELETE", mesh.pilot(path), "").statusCode()).isEqualTo(200);
        }
        awaitStatus("teapot.example.com", 404);
        assertThat(Http.get(mesh.pilot(path)).statusCode()).isEqualTo(404);
    }

    @Test
    void aSavedFileIsInForceUntilItIsDeleted() {
        try (Rules rules = mesh.applyYaml("teapot.yaml", ROUTE.formatted("bookinfo-gateway", 418))) {
            awaitStatus("teapot.example.com", 418);
            try (Rules edit = mesh.applyYaml("teapot.yaml", ROUTE.formatted("bookinfo-gateway", 410))) {
                awaitStatus("teapot.example.com", 410);
            }
            awaitStatus("teapot.example.com", 418);
        }
        awaitStatus("teapot.example.com", 404);
    }

    @Test
    void anInvalidObjectIsRefusedWithFieldValueAndExpectation() {
        HttpResponse<String> answer = put(REVIEWS, """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews}
                spec:
                  hosts: [reviews]
                  http:
                  - route: [{destination: {host: reviews}}]
                    retries: {attempts: -1}
                """);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("spec.http[0].retries.attempts", "-1", ">= 0");
        assertThat(Http.get(mesh.pilot(REVIEWS)).statusCode()).isEqualTo(404);
    }

    @Test
    void aBrokenFileKeepsTheLastGoodObjectInForceAndIsListed() {
        try (Rules rules = mesh.applyYaml("teapot.yaml", ROUTE.formatted("bookinfo-gateway", 418))) {
            awaitStatus("teapot.example.com", 418);
            try (Rules broken = mesh.applyYaml("teapot.yaml", "kind: VirtualService\nspec: [")) {
                await().atMost(Duration.ofSeconds(10))
                        .untilAsserted(() -> assertThat(Http.get(mesh.pilot("/weft/v1/errors")).body())
                                .contains("teapot.yaml"));
                assertThat(status("teapot.example.com")).isEqualTo(418);
            }
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(Http.get(mesh.pilot("/weft/v1/errors")).body())
                            .doesNotContain("teapot.yaml"));
        }
    }

    @Test
    void aStaleResourceVersionIsAConflict() {
        String path = "/apis/networking.istio.io/v1/namespaces/default/virtualservices/teapot";
        String yaml = ROUTE.formatted("bookinfo-gateway", 418);
        try {
            String first = put(path, yaml).body();
            String version = first.replaceAll("(?s).*\"resourceVersion\"\\s*:\\s*\"([^\"]+)\".*", "$1");
            String stale = yaml.replace("namespace: default}", "namespace: default, resourceVersion: '" + version + "'}");
            assertThat(put(path, stale.replace("418", "410")).statusCode()).isEqualTo(200);
            assertThat(put(path, stale).statusCode()).isEqualTo(409);
        } finally {
            Http.send("DELETE", mesh.pilot(path), "");
        }
    }

    @Test
    void everyProxyIsListedWithWhatItAcknowledged() {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            String proxies = Http.get(mesh.pilot("/weft/v1/proxies")).body();
            for (String workload : new String[] {
                "productpage-v1", "details-v1", "reviews-v1", "reviews-v2", "reviews-v3", "ratings-v1", "httpbin-v1",
                "istio-ingressgateway", "istio-egressgateway"
            }) {
                assertThat(proxies).contains(workload);
            }
            assertThat(proxies).contains("SYNCED").doesNotContain("STALE");
        });
    }

    private HttpResponse<String> put(String path, String yaml) {
        return Http.send("PUT", mesh.pilot(path), yaml, "Content-Type", "application/yaml");
    }

    private int status(String host) {
        return Http.get(mesh.ingress("/status/200"), "Host", host).statusCode();
    }

    private void awaitStatus(String host, int status) {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(status(host)).isEqualTo(status));
    }
}
