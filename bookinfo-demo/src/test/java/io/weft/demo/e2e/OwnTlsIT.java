package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** An app with TLS of its own, in a demo that is STRICT but for it: pilot's PERMISSIVE listener takes the mesh, plaintext, and the app's own clients. */
class OwnTlsIT {

    private final Mesh mesh = Mesh.shared();

    @Test
    void underPermissiveTheAppsOwnTlsPassesThroughAndTheMeshGoesOnBesideIt() throws Exception {
        int inbound = new Workloads(mesh).inboundPort("httpbin-v1");
        HttpClient workload = Http.through(mesh.proxyPort("productpage-v1"));
        try (OwnTlsApp app = new OwnTlsApp();
                Rules rules = mesh.applyYaml("own-tls.yaml", """
                        apiVersion: networking.istio.io/v1
                        kind: Sidecar
                        metadata: {name: own-tls, namespace: default}
                        spec:
                          workloadSelector: {labels: {app: httpbin}}
                          ingress:
                          - port: {number: 80, protocol: HTTP, name: http}
                            defaultEndpoint: 127.0.0.1:%d
                        ---
                        apiVersion: security.istio.io/v1
                        kind: PeerAuthentication
                        metadata: {name: own-tls, namespace: default}
                        spec:
                          selector: {matchLabels: {app: httpbin}}
                          mtls: {mode: PERMISSIVE}
                        """.formatted(app.port()))) {
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                    .untilAsserted(() -> assertThat(Http.get("http://127.0.0.1:" + inbound + "/").body()).startsWith("in the clear\n"));
            assertThat(ask(app, inbound)).startsWith("HTTP/1.1 200").contains("own TLS, ALPN ''\n");
            assertThat(ask(app, inbound, "h2")).startsWith("HTTP/1.1 200").contains("own TLS, ALPN 'h2'\n");
            assertThat(Http.send(workload, "GET", "http://httpbin:8000/", "").body())
                    .startsWith("in the clear\n")
                    .contains("URI=spiffe://cluster.local/ns/default/sa/bookinfo-productpage");
            assertThat(Http.get("http://127.0.0.1:" + inbound + "/").body())
                    .startsWith("in the clear\n")
                    .doesNotContain("x-forwarded-client-cert");
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(Http.send(workload, "GET", "http://httpbin:8000/get", "").body()).contains("\"headers\""));
    }

    /** A client that believes nobody but the app. */
    private static String ask(OwnTlsApp app, int port, String... alpn) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("app", app.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(alpn);
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            assertThat(socket.getSession().getPeerCertificates()).containsExactly(app.certificate());
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: own.example.com\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
