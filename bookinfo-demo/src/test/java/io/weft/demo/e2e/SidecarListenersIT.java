package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.weft.pilot.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code Sidecar} egress listeners, each for the services with its port: how an app that speaks no HTTP proxy, or no HTTP at all, reaches others without capture. */
class SidecarListenersIT {

    private static final String BETWEEN = "ratings-v1 ratings v1 spiffe://cluster.local/ns/default/sa/bookinfo-ratings httpbin-v1 httpbin ";

    private final Mesh mesh = mesh();

    /** Another mesh for those who promise the same of it. */
    Mesh mesh() {
        return Mesh.shared();
    }

    @Test
    void anHttpListenerServesItsHostsAndItsAppNeedsNoProxy() throws IOException {
        int port = FreePort.next();
        try (Rules rules = mesh.applyYaml("sidecar.yaml", """
                apiVersion: v1
                kind: Service
                metadata: {name: catalogue, namespace: default}
                spec:
                  selector: {app: details}
                  ports: [{name: http, port: %d, targetPort: 9080}]
                ---
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: ratings, namespace: default}
                spec:
                  workloadSelector: {labels: {app: ratings}}
                  egress:
                  - port: {number: %d, protocol: HTTP, name: http}
                    bind: 127.0.0.1
                    hosts: [./catalogue.default.svc.cluster.local]
                """.formatted(port, port))) {
            await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                    .untilAsserted(() -> assertThat(Http.get("http://127.0.0.1:" + port + "/details/0", "Host", "catalogue")
                                    .statusCode())
                            .isEqualTo(200));
            assertThat(Http.get("http://127.0.0.1:" + port + "/reviews/0", "Host", "reviews:9080").statusCode())
                    .as("a host that the listener does not import")
                    .isNotEqualTo(200);
        }
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThatThrownBy(
                        () -> Http.get("http://127.0.0.1:" + port + "/details/0", "Host", "catalogue"))
                .isInstanceOf(UncheckedIOException.class));
    }

    @Test
    void aTcpListenerCarriesBytesBothWays() throws IOException {
        int port = FreePort.next();
        try (Echo echo = new Echo();
                Rules rules = mesh.applyYaml("sidecar-tcp.yaml", """
                        apiVersion: networking.istio.io/v1
                        kind: ServiceEntry
                        metadata: {name: echo, namespace: default}
                        spec:
                          hosts: [echo.example.com]
                          location: MESH_EXTERNAL
                          resolution: STATIC
                          ports: [{number: %d, name: tcp, protocol: TCP}]
                          endpoints: [{address: 127.0.0.1, ports: {tcp: %d}}]
                        ---
                        apiVersion: networking.istio.io/v1
                        kind: Sidecar
                        metadata: {name: ratings, namespace: default}
                        spec:
                          workloadSelector: {labels: {app: ratings}}
                          egress:
                          - port: {number: %d, protocol: TCP, name: tcp}
                            bind: 127.0.0.1
                            hosts: [./echo.example.com]
                        """.formatted(port, echo.port(), port))) {
            await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> echoed(port, "warp and weft").equals("warp and weft"));
        }
    }

    /** httpbin as a port of bytes: over the mesh's TLS the two sidecars have told each other who they are before the first byte. */
    @Test
    void bothEndsOfAConnectionOfBytesNameBothWorkloads() throws IOException {
        int port = FreePort.next();
        try (Rules rules = mesh.applyYaml("sidecar-bytes.yaml", """
                apiVersion: v1
                kind: Service
                metadata: {name: bytes, namespace: default}
                spec:
                  selector: {app: httpbin}
                  ports: [{name: tcp, port: %d, targetPort: 80}]
                ---
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: httpbin, namespace: default}
                spec:
                  workloadSelector: {labels: {app: httpbin}}
                  ingress:
                  - port: {number: 80, protocol: TCP, name: tcp}
                ---
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: ratings, namespace: default}
                spec:
                  workloadSelector: {labels: {app: ratings}}
                  egress:
                  - port: {number: %d, protocol: TCP, name: tcp}
                    bind: 127.0.0.1
                    hosts: [./bytes.default.svc.cluster.local]
                """.formatted(port, port))) {
            await().atMost(Duration.ofSeconds(20)).ignoreExceptionsInstanceOf(UncheckedIOException.class).untilAsserted(() -> {
                assertThat(Http.get("http://127.0.0.1:" + port + "/get").statusCode()).isEqualTo(200);
                assertThat(whoTalked("httpbin-v1", "destination")).contains(BETWEEN + "mutual_tls");
                assertThat(whoTalked("ratings-v1", "source")).contains(BETWEEN + "unknown");
            });
        }
    }

    /** The connections that a sidecar reports to have been opened: from whom to whom, and how safe. */
    private Set<String> whoTalked(String workload, String reporter) {
        List<String> told = List.of(
                "source_workload", "source_app", "source_version", "source_principal", "destination_workload", "destination_app",
                "connection_security_policy");
        return Series.at("http://127.0.0.1:" + mesh.adminPort(workload) + "/actuator/prometheus", "istio_tcp_connections_opened_total")
                .samples().keySet().stream()
                .filter(labels -> reporter.equals(labels.get("reporter")))
                .map(labels -> told.stream().map(labels::get).collect(Collectors.joining(" ")))
                .collect(Collectors.toSet());
    }

    /** Sends, ends its side, and reads until the other side ends. */
    private static String echoed(int port, String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A server outside the mesh that sends back what it gets. */
    private static final class Echo implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        Echo() throws IOException {
            Thread thread = new Thread(this::serve, "echo");
            thread.setDaemon(true);
            thread.start();
        }

        private void serve() {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                } catch (IOException closed) {
                    continue;
                }
            }
        }

        int port() {
            return server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
