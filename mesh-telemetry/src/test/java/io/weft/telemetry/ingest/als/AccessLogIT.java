package io.weft.telemetry.ingest.als;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPRequestProperties;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPResponseProperties;
import io.envoyproxy.envoy.data.accesslog.v3.ResponseFlags;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.TLSProperties;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.weft.telemetry.RunningTelemetry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Access logs over real sockets: taken, filtered, followed, refused. */
class AccessLogIT {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @TempDir
    static Path home;

    private static RunningTelemetry telemetry;

    @BeforeAll
    static void start() {
        telemetry = new RunningTelemetry(home, "weft.telemetry.logs.capacity=2000", "weft.telemetry.logs.streams=2");
    }

    @AfterAll
    static void stop() {
        if (telemetry != null) {
            telemetry.close();
        }
    }

    /** One stream, as a proxy opens it; {@code end} tells how the server ended it. */
    private static final class Client implements StreamObserver<StreamAccessLogsResponse> {

        private final StreamObserver<StreamAccessLogsMessage> out;
        private final CompletableFuture<Status> end = new CompletableFuture<>();

        Client(ManagedChannel channel) {
            out = AccessLogServiceGrpc.newStub(channel).streamAccessLogs(this);
        }

        Client send(StreamAccessLogsMessage.Builder message) {
            out.onNext(message.build());
            return this;
        }

        Status end() throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
            return end.get(10, TimeUnit.SECONDS);
        }

        @Override
        public void onNext(StreamAccessLogsResponse response) {
            assertThat(response).isEqualTo(StreamAccessLogsResponse.getDefaultInstance());
        }

        @Override
        public void onError(Throwable failure) {
            end.complete(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }
    }

    private static StreamAccessLogsMessage.Builder from(String type, String workload, String namespace) {
        return StreamAccessLogsMessage.newBuilder()
                .setIdentifier(StreamAccessLogsMessage.Identifier.newBuilder()
                        .setLogName("weft")
                        .setNode(Node.newBuilder()
                                .setId(type + "~127.0.0.1~" + workload + "." + namespace + "~" + namespace + ".svc.cluster.local")
                                .setMetadata(Struct.newBuilder()
                                        .putFields("WORKLOAD_NAME", Value.newBuilder().setStringValue(workload).build()))));
    }

    private static HTTPAccessLogEntry.Builder entry(String path, int status, String cluster) {
        return HTTPAccessLogEntry.newBuilder()
                .setProtocolVersion(HTTPAccessLogEntry.HTTPVersion.HTTP2)
                .setCommonProperties(AccessLogCommon.newBuilder()
                        .setStartTime(Timestamp.newBuilder().setSeconds(System.currentTimeMillis() / 1000).setNanos(5_000_000))
                        .setTimeToLastDownstreamTxByte(Duration.newBuilder().setNanos(12_500_000))
                        .setUpstreamCluster(cluster)
                        .setRouteName("default")
                        .setUpstreamRemoteAddress(address(9080))
                        .setResponseFlags(ResponseFlags.newBuilder().setNoHealthyUpstream(status == 503))
                        .setTlsProperties(TLSProperties.newBuilder()
                                .setPeerCertificateProperties(TLSProperties.CertificateProperties.newBuilder()
                                        .addSubjectAltName(TLSProperties.CertificateProperties.SubjectAltName.newBuilder()
                                                .setUri("spiffe://cluster.local/ns/default/sa/bookinfo-productpage")))))
                .setRequest(HTTPRequestProperties.newBuilder()
                        .setRequestMethod(RequestMethod.GET)
                        .setPath(path)
                        .setAuthority("reviews:9080")
                        .setUserAgent("curl/8")
                        .setRequestId("r-1")
                        .setRequestBodyBytes(3)
                        .putRequestHeaders("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01"))
                .setResponse(HTTPResponseProperties.newBuilder()
                        .setResponseCode(UInt32Value.of(status))
                        .setResponseBodyBytes(77)
                        .setResponseCodeDetails("via_upstream"));
    }

    private static Address address(int port) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port))
                .build();
    }

    private static StreamAccessLogsMessage.Builder with(
            StreamAccessLogsMessage.Builder message, HTTPAccessLogEntry.Builder... entries) {
        StreamAccessLogsMessage.HTTPAccessLogEntries.Builder logs = StreamAccessLogsMessage.HTTPAccessLogEntries.newBuilder();
        for (HTTPAccessLogEntry.Builder entry : entries) {
            logs.addLogEntry(entry);
        }
        return message.setHttpLogs(logs);
    }

    private static void awaitLines(String query, int lines) {
        await().untilAsserted(() -> assertThat(telemetry.json("/weft/v1/logs?" + query).path("items")).hasSize(lines));
    }

    @Test
    void aLine_hasWhatTheProxySaid() {
        new Client(telemetry.plaintext())
                .send(with(from("sidecar", "reviews-v1", "default"), entry("/shown?x=1", 200, "inbound|9080||")));

        awaitLines("path=/shown", 1);
        JsonNode line = telemetry.json("/weft/v1/logs?path=/shown").path("items").path(0);
        assertThat(line.path("reporter").asString()).isEqualTo("reviews-v1");
        assertThat(line.path("namespace").asString()).isEqualTo("default");
        assertThat(line.path("direction").asString()).isEqualTo("inbound");
        assertThat(line.path("method").asString()).isEqualTo("GET");
        assertThat(line.path("path").asString()).isEqualTo("/shown?x=1");
        assertThat(line.path("authority").asString()).isEqualTo("reviews:9080");
        assertThat(line.path("protocol").asString()).isEqualTo("HTTP/2");
        assertThat(line.path("status").asInt()).isEqualTo(200);
        assertThat(line.path("flags").asString()).isEmpty();
        assertThat(line.path("duration").asDouble()).isEqualTo(12.5);
        assertThat(line.path("received").asLong()).isEqualTo(3);
        assertThat(line.path("sent").asLong()).isEqualTo(77);
        assertThat(line.path("upstreamHost").asString()).isEqualTo("127.0.0.1:9080");
        assertThat(line.path("peer").asString()).endsWith("/sa/bookinfo-productpage");
        assertThat(line.path("traceId").asString()).isEqualTo(TRACE);
        assertThat(line.path("time").asString()).endsWith("Z");
    }

    @Test
    void filters_takeWhatMatchesAll() {
        new Client(telemetry.plaintext())
                .send(with(
                        from("sidecar", "productpage-v1", "default"),
                        entry("/filtered", 200, "outbound|9080||reviews.default.svc.cluster.local"),
                        entry("/filtered", 503, "outbound|9080|v2|ratings.default.svc.cluster.local"),
                        entry("/filtered", 404, "outbound|9080||reviews.default.svc.cluster.local")));
        new Client(telemetry.plaintext())
                .send(with(from("router", "my-gateway", "edge"), entry("/filtered", 200, "outbound|9080||reviews.default.svc.cluster.local")));
        new Client(telemetry.plaintext())
                .send(with(from("sidecar", "reviews-v1", "default"), entry("/filtered", 200, "inbound|9080||")));

        awaitLines("path=/filtered", 5);
        assertThat(items("status=5xx")).isEqualTo(1);
        assertThat(items("status=404")).isEqualTo(1);
        assertThat(items("flags=UH")).isEqualTo(1);
        assertThat(items("source=productpage")).isEqualTo(3);
        assertThat(items("source=bookinfo-productpage&destination=reviews")).isEqualTo(1);
        assertThat(items("destination=ratings")).isEqualTo(1);
        assertThat(items("source=my-gateway.edge")).isEqualTo(1);
        assertThat(items("method=post")).isZero();
        assertThat(items("traceId=" + TRACE)).isEqualTo(5);
        assertThat(items("limit=2")).isEqualTo(2);
        assertThat(telemetry.get("/weft/v1/logs?status=6xx").statusCode()).isEqualTo(400);
        assertThat(telemetry.get("/weft/v1/logs?limit=0").statusCode()).isEqualTo(400);
        assertThat(telemetry.get("/weft/v1/logs?limit=1001").body()).contains("(expected: 1 to 1000)");
    }

    private static int items(String query) {
        return telemetry.json("/weft/v1/logs?path=/filtered&" + query).path("items").size();
    }

    @Test
    void aTcpConnection_isALineToo() {
        new Client(telemetry.plaintext())
                .send(from("sidecar", "mongo-client", "default")
                        .setTcpLogs(StreamAccessLogsMessage.TCPAccessLogEntries.newBuilder()
                                .addLogEntry(TCPAccessLogEntry.newBuilder()
                                        .setCommonProperties(AccessLogCommon.newBuilder()
                                                .setUpstreamCluster("outbound|27017||mongo.default.svc.cluster.local")))));

        awaitLines("source=mongo-client", 1);
        assertThat(telemetry.json("/weft/v1/logs?source=mongo-client").path("items").path(0).path("protocol").asString())
                .isEqualTo("TCP");
    }

    @Test
    void overTls_theCertificateSaysWhoseNamespaceItIs() throws Exception {
        ManagedChannel channel = telemetry.tls(RunningTelemetry.PKI.workload("default", "bookinfo-reviews"));
        new Client(channel).send(with(from("sidecar", "reviews-v9", "default"), entry("/own", 200, "inbound|9080||")));
        awaitLines("path=/own", 1);

        Client liar = new Client(channel)
                .send(with(from("router", "istio-ingressgateway", "istio-system"), entry("/forged", 200, "outbound|80||x")));

        Status status = liar.end();
        assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(status.getDescription()).contains("\"istio-system\"").contains("spiffe://cluster.local/ns/default/sa/bookinfo-reviews");
        assertThat(telemetry.json("/weft/v1/logs?path=/forged").path("items")).isEmpty();
        assertThat(telemetry.json("/weft/v1/status").path("logs").path("dropped").path("identity").asLong()).isGreaterThan(0);
        assertThat(new Client(telemetry.tls(null)).end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void aStream_endsWithTheCertificateItWasOpenedWith() throws Exception {
        Instant end = Instant.now().plusSeconds(8);
        ManagedChannel channel = telemetry.tls(RunningTelemetry.PKI.ending("default", "bookinfo-details", end));
        Client client = new Client(channel).send(with(from("sidecar", "details-v1", "default"), entry("/ending", 200, "x")));
        awaitLines("path=/ending", 1);

        assertThat(client.end.get(60, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);

        // A certificate's end has no fractions of a second.
        assertThat(Instant.now()).isAfter(end.minusSeconds(1));
        assertThat(new Client(channel).end().getCode()).as("the same certificate once more").isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void whoDoesNotSayWhoItIs_isRefused() throws Exception {
        Client nobody = new Client(telemetry.plaintext())
                .send(with(StreamAccessLogsMessage.newBuilder(), entry("/nobody", 200, "x")));

        assertThat(nobody.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void hostileText_isCutAndKeptHarmless() {
        String huge = "/huge" + "\u0000\u001b[31m<script>".repeat(100_000);
        new Client(telemetry.plaintext()).send(with(from("sidecar", "x".repeat(5000), "default"), entry(huge, 999_999, "")));

        awaitLines("path=/huge", 1);
        JsonNode line = telemetry.json("/weft/v1/logs?path=/huge").path("items").path(0);
        assertThat(line.path("path").asString()).hasSize(1024);
        assertThat(line.path("reporter").asString()).hasSize(253);
        assertThat(line.path("status").asInt()).isZero();
    }

    @Test
    void aFlood_isBounded_andCounted() {
        Client client = new Client(telemetry.plaintext()).send(from("sidecar", "flood", "default"));
        HTTPAccessLogEntry.Builder[] batch = new HTTPAccessLogEntry.Builder[100];
        java.util.Arrays.fill(batch, entry("/flood", 200, "inbound|1||"));
        for (int i = 0; i < 100; i++) {
            client.send(with(StreamAccessLogsMessage.newBuilder(), batch));
        }

        await().untilAsserted(() -> assertThat(telemetry.json("/weft/v1/status").path("logs").path("received").asLong())
                .isGreaterThanOrEqualTo(10_000));
        JsonNode status = telemetry.json("/weft/v1/status").path("logs");
        assertThat(status.path("kept").asLong()).isEqualTo(2000);
        assertThat(status.path("dropped").path("capacity").asLong()).isGreaterThanOrEqualTo(8000);
        assertThat(telemetry.json("/weft/v1/logs").path("dropped").asLong()).isGreaterThanOrEqualTo(8000);
        assertThat(telemetry.get("/actuator/prometheus").body())
                .contains("weft_telemetry_kept{kind=\"log\"} 2000.0")
                .contains("weft_telemetry_dropped_total{kind=\"log\",reason=\"capacity\"}");
    }

    @Test
    void theStream_bringsWhatMatches_asItComes() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(telemetry.url("/weft/v1/logs/stream?path=/live")).build();
        HttpResponse<InputStream> answer =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
            new Client(telemetry.plaintext())
                    .send(with(from("sidecar", "s", "default"), entry("/other", 200, "x"), entry("/live", 200, "x")));
            String line = lines.readLine();
            while (line.isEmpty() || line.startsWith(":")) {
                line = lines.readLine();
            }
            assertThat(line).startsWith("id:");
            assertThat(lines.readLine()).isEqualTo("event:log");
            assertThat(lines.readLine()).startsWith("data:{").contains("\"path\":\"/live\"");
        }
    }

    @Test
    void whoAsksForHeadersOnly_doesNotFollow() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        for (int i = 0; i < 100; i++) {
            HttpRequest head = HttpRequest.newBuilder(telemetry.url("/weft/v1/logs/stream")).method("HEAD", BodyPublishers.noBody()).build();
            assertThat(client.send(head, HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(200);
        }
        await().untilAsserted(() -> assertThat(telemetry.json("/weft/v1/status").path("followers").asInt()).isZero());
    }

    @Test
    void aClientThatDoesNotRead_missesLines_andIsTold() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), telemetry.port())) {
            socket.setReceiveBufferSize(64 * 1024);
            socket.getOutputStream()
                    .write(("GET /weft/v1/logs/stream?path=/slow HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            await().until(() -> telemetry.json("/weft/v1/status").path("followers").asInt() > 0);
            Client client = new Client(telemetry.plaintext()).send(from("sidecar", "s", "default"));
            HTTPAccessLogEntry.Builder[] batch = new HTTPAccessLogEntry.Builder[100];
            java.util.Arrays.fill(batch, entry("/slow" + "y".repeat(900), 200, "x"));
            await().atMost(java.time.Duration.ofSeconds(30)).until(() -> {
                client.send(with(StreamAccessLogsMessage.newBuilder(), batch));
                return telemetry.json("/weft/v1/status").path("logs").path("dropped").path("slow_client").asLong() > 0;
            });

            BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(afterDropped(lines)).startsWith("{\"count\":");
        }
        await().until(() -> telemetry.json("/weft/v1/status").path("followers").asInt() == 0);
    }

    /** Across the chunks of the answer. */
    private static String afterDropped(BufferedReader lines) throws IOException {
        boolean dropped = false;
        String line = lines.readLine();
        while (line != null && !(dropped && line.startsWith("{"))) {
            dropped |= line.equals("event:dropped");
            line = lines.readLine();
        }
        return String.valueOf(line);
    }
}
