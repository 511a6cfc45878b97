package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** Demo 1: httpbin at the ingress, and an edge rule with a timeout at both edges. */
class HttpbinIT {

    private static final String[] HOST = {"Host", "httpbin.example.com"};
    private static final String EXTERNAL = "http://httpbin.external.example";

    private final Mesh mesh = Mesh.shared();

    @Test
    void httpbinAnswersAtTheIngressGateway() {
        HttpResponse<String> answer = Http.get(mesh.ingress("/get?show=env"), HOST);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"show\"", "httpbin.example.com");
    }

    @Test
    void anotherHostIsNotFound() {
        assertThat(Http.get(mesh.ingress("/get"), "Host", "other.example.com").statusCode())
                .isEqualTo(404);
    }

    @Test
    void theAppSeesTheGatewaysSpiffeIdAndNeverAClientsClaim() {
        String headers = Http.get(
                        mesh.ingress("/headers"), HOST[0], HOST[1], "x-forwarded-client-cert", "URI=spiffe://cluster.local/ns/x/sa/liar")
                .body();

        assertThat(headers)
                .contains("URI=spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account")
                .doesNotContain("liar");
    }

    @Test
    void httpsIsServedWithTheCertificateOfTheSecret() throws Exception {
        TlsHttp.Answer answer = TlsHttp.get(
                trusting("httpbin.example.com"), mesh.port("weft.ingress.https-port"), "httpbin.example.com", "/get");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).contains("httpbin.example.com");
    }

    /** Trusts the one certificate that the seeded Secret holds. */
    private SSLContext trusting(String name) throws Exception {
        String secret = Files.readString(SeededSecret.find(mesh.home().resolve("config"), "httpbin-credential"));
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry(name, CertificateFactory.getInstance("X.509")
                .generateCertificate(SeededSecret.certificate(secret)));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void theIngressRuleCutsOffAfterThreeSeconds() {
        assertThat(Http.get(mesh.ingress("/delay/2"), HOST).statusCode()).isEqualTo(200);
        assertThatItIsCutOff(() -> Http.get(mesh.ingress("/delay/5"), HOST));
    }

    @Test
    void anHttpbinOutsideTheMeshIsReachedThroughTheEgressGatewayWithATimeout() {
        HttpClient workload = Http.through(mesh.proxyPort("productpage-v1"));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                        Http.send(workload, "GET", EXTERNAL + "/get", "").statusCode())
                .isEqualTo(200));
        long before = egressRequests();

        assertThat(Http.send(workload, "GET", EXTERNAL + "/delay/2", "").statusCode()).isEqualTo(200);
        assertThatItIsCutOff(() -> Http.send(workload, "GET", EXTERNAL + "/delay/5", ""));

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(egressRequests() - before).isEqualTo(2));
    }

    @Test
    void registryOnlyRefusesWhatTheMeshDoesNotKnow() {
        HttpClient workload = Http.through(mesh.proxyPort("productpage-v1"));
        try (Applied rules = mesh.apply("httpbin/sidecar-registry-only.yaml")) {
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                            Http.send(workload, "GET", "http://unknown.example.com/get", "").statusCode())
                    .isEqualTo(502));
            assertThat(Http.send(workload, "GET", "http://httpbin:8000/get", "").statusCode()).isEqualTo(200);
        }
    }

    private long egressRequests() {
        String metrics = Http.get("http://127.0.0.1:" + mesh.port("weft.egress.management-port") + "/actuator/prometheus")
                .body();
        Matcher counter = Pattern.compile("(?m)^istio_requests_total\\{[^}]*} ([0-9.E]+)$").matcher(metrics);
        double sum = 0;
        while (counter.find()) {
            sum += Double.parseDouble(counter.group(1));
        }
        return (long) sum;
    }

    private static void assertThatItIsCutOff(Supplier<HttpResponse<String>> call) {
        long start = System.nanoTime();
        HttpResponse<String> answer = call.get();
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(took).isBetween(Duration.ofMillis(2800), Duration.ofMillis(4900));
    }
}
