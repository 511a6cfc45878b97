package io.weft.pilot.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.netty.handler.ssl.SslContext;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.PilotApplication;
import io.weft.pilot.TestPki;
import io.weft.pilot.generate.ResourceType;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole of mesh-pilot: a workload registers, is called while it is well, and is gone when it goes. */
class PilotServesIT {

    private static final TestPki PKI = TestPki.create("cluster.local");
    private static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";

    @TempDir
    static Path home;

    private static ConfigurableApplicationContext pilot;

    @BeforeAll
    static void start() throws Exception {
        Files.createDirectories(home.resolve("config"));
        Files.writeString(home.resolve("config/bookinfo.yaml"), MeshYaml.file("bookinfo.yaml"));
        PKI.write(home.resolve("run/mesh-pilot/certs"), "istio-system", "mesh-pilot");
        pilot = PilotApplication.builder()
                .run(
                        "--weft.home=" + home,
                        "--weft.pilot.http-port=0",
                        "--weft.pilot.xds.plaintext-port=0",
                        "--weft.pilot.xds.tls-port=0",
                        "--weft.pilot.xds.registration-grace=100ms");
    }

    @AfterAll
    static void stop() {
        if (pilot != null) {
            pilot.close();
        }
    }

    @Test
    void aWorkload_isCalledWhileItIsWell() throws Exception {
        ManagedChannel watching = channel("default", "bookinfo-productpage");
        ManagedChannel serving = channel("default", "bookinfo-reviews");
        try {
            DeltaClient client = new DeltaClient(watching, AdsHarness.node());
            client.subscribe(ResourceType.ENDPOINT, REVIEWS);
            assertThat(ports(client.expectAndAck(ResourceType.ENDPOINT))).isEmpty();

            DeltaClient workload = new DeltaClient(serving, reviews());
            workload.subscribe(ResourceType.CLUSTER);
            workload.expectAndAck(ResourceType.CLUSTER);
            assertThat(client.next(Duration.ofMillis(300))).as("its first report is awaited").isNull();

            workload.health(null);
            assertThat(ports(client.expectAndAck(ResourceType.ENDPOINT))).containsExactly(21001);
            assertThat(get("/weft/v1/proxies"))
                    .contains("\"registration\":\"reviews-v1-127.0.0.1-21001\"", "\"health\":\"healthy\"", "\"SYNCED\"");

            assertThat(get("/weft/v1/proxies")).contains("\"certificateExpires\":\"20", "\"connectedSince\":\"20");
            assertThat(get("/weft/v1/targets"))
                    .contains("{\"targets\":[\"127.0.0.1:41003\"],\"labels\":{\"__metrics_path__\":\"/stats/prometheus\","
                            + "\"workload\":\"reviews-v1\",\"namespace\":\"default\",\"app\":\"reviews\",\"version\":\"v1\"}}")
                    .contains("\"__metrics_path__\":\"/actuator/prometheus\",\"workload\":\"mesh-pilot\"");

            workload.health("HTTP 500");
            assertThat(ports(client.expectAndAck(ResourceType.ENDPOINT))).isEmpty();
            workload.health(null);
            assertThat(ports(client.expectAndAck(ResourceType.ENDPOINT))).containsExactly(21001);

            workload.close();
            assertThat(ports(client.expectAndAck(ResourceType.ENDPOINT))).as("after the grace").isEmpty();
            await().untilAsserted(() -> assertThat(get("/weft/v1/proxies")).doesNotContain("reviews-v1"));
            assertThat(get("/weft/v1/targets")).doesNotContain("41003");
        } finally {
            watching.shutdownNow();
            serving.shutdownNow();
        }
    }

    @Test
    void readiness_andMetrics() throws Exception {
        assertThat(get("/actuator/health/readiness")).contains("\"status\":\"UP\"", "tlsPort");
        assertThat(get("/actuator/prometheus")).contains("pilot_xds ", "pilot_xds_pushes_total{type=\"cds\"}", "pilot_xds_cds_reject");
    }

    private static List<Integer> ports(DeltaDiscoveryResponse response) throws Exception {
        return response.getResources(0).getResource().unpack(ClusterLoadAssignment.class).getEndpointsList().stream()
                .flatMap(group -> group.getLbEndpointsList().stream())
                .map(endpoint -> endpoint.getEndpoint().getAddress().getSocketAddress().getPortValue())
                .toList();
    }

    private static ManagedChannel channel(String namespace, String account) throws Exception {
        AdvancedTlsX509TrustManager trust = AdvancedTlsX509TrustManager.newBuilder()
                .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
                .build();
        trust.updateTrustCredentials(new java.security.cert.X509Certificate[] {PKI.root()});
        TestPki.Leaf leaf = PKI.workload(namespace, account);
        SslContext context = GrpcSslContexts.forClient()
                .trustManager(trust)
                .keyManager(leaf.keys().getPrivate(), leaf.certificate(), PKI.root())
                .build();
        int port = pilot.getBean(XdsServers.class).tlsPort();
        return NettyChannelBuilder.forAddress("127.0.0.1", port).sslContext(context).build();
    }

    private static String get(String path) throws Exception {
        int port = ((WebServerApplicationContext) pilot).getWebServer().getPort();
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static Node reviews() {
        Struct port = Struct.newBuilder()
                .putFields("inbound", Value.newBuilder().setNumberValue(21001).build())
                .putFields("app", Value.newBuilder().setNumberValue(21101).build())
                .build();
        Struct ports = Struct.newBuilder()
                .putFields("9080", Value.newBuilder().setStructValue(port).build())
                .build();
        return Node.newBuilder()
                .setId("sidecar~127.0.0.1~reviews-v1.default~default.svc.cluster.local")
                .setMetadata(Struct.newBuilder()
                        .putFields("WEFT_METRICS", Value.newBuilder().setStringValue("127.0.0.1:41003/stats/prometheus").build())
                        .putFields("AUTO_REGISTER_GROUP", Value.newBuilder().setStringValue("reviews-v1").build())
                        .putFields("WEFT_INBOUND_PORTS", Value.newBuilder().setStructValue(ports).build()))
                .build();
    }
}
