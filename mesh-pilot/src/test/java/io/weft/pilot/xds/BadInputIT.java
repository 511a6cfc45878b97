package io.weft.pilot.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.netty.handler.ssl.SslContext;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.TestPki;
import io.weft.pilot.api.PilotClient;
import io.weft.pilot.api.PilotClient.Answer;
import io.weft.pilot.generate.ResourceType;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a started mesh-pilot is given and must not take: each is refused with its reason, and what was in force stays, at the proxies too. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BadInputIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration QUIET = Duration.ofMillis(400);
    private static final String BASE = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";

    private static final String SECRETS = "/api/v1/namespaces/istio-system/secrets";
    private static final String EDGE_SECRET = "kubernetes://edge";
    private static final String EDGE = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: istio-system}
            spec:
              selector: {istio: ingressgateway}
              servers:
              - port: {number: 443, name: https, protocol: HTTPS}
                tls: {mode: SIMPLE, credentialName: edge}
                hosts: [edge.example.com]
            """;
    private static final TestPki PKI = TestPki.create("cluster.local");

    private static final String GOOD = service("reviews", "timeout: 1s");

    @TempDir
    static Path home;

    private static PilotClient pilot;
    private static final List<ManagedChannel> CHANNELS = new ArrayList<>();

    private static String service(String name, String more) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: %s, namespace: default}
                spec:
                  hosts: [%s]
                  http:
                  - %s
                    route: [{destination: {host: reviews}}]
                """.formatted(name, name, more);
    }

    @BeforeAll
    static void start() throws Exception {
        Files.createDirectories(config());
        Files.writeString(config().resolve("bookinfo.yaml"), MeshYaml.file("bookinfo.yaml"));
        Files.writeString(config().resolve("good.yaml"), GOOD);
        PKI.write(home.resolve("run/mesh-pilot/certs"), "istio-system", "mesh-pilot");
        pilot = new PilotClient(home, "--weft.pilot.xds.tls-port=0");
    }

    @AfterAll
    static void stop() {
        CHANNELS.forEach(ManagedChannel::shutdownNow);
        pilot.close();
    }

    @AfterEach
    void nothingIsLost() throws Exception {
        assertThat(pilot.get(BASE + "/reviews").json().at("/spec/http/0/timeout").asString()).isEqualTo("1s");
        assertThat(pilot.get("/actuator/health/readiness").status()).isEqualTo(200);
    }

    private static Path config() {
        return home.resolve("config");
    }

    private static DeltaClient connect() {
        return new DeltaClient(plaintext(), AdsHarness.node());
    }

    private static ManagedChannel plaintext() {
        return keep(NettyChannelBuilder.forAddress("127.0.0.1", pilot.bean(XdsServers.class).plaintextPort()).usePlaintext());
    }

    private static ManagedChannel keep(NettyChannelBuilder builder) {
        ManagedChannel channel = builder.maxInboundMessageSize(16 << 20).build();
        CHANNELS.add(channel);
        return channel;
    }

    /** Holds every cluster and acknowledged it. */
    private static DeltaClient holding(ResourceType type) {
        DeltaClient client = connect();
        client.subscribe(type);
        client.expectAndAck(type);
        return client;
    }

    /** Refused the same way in a file and over REST. */
    private static Arguments row(String what, String text, String reason) {
        return row(what, text, reason, 422, reason);
    }

    /** @param overRest what who sends it over REST is told */
    private static Arguments row(String what, String text, String inAFile, int status, String overRest) {
        return Arguments.of(what, text, inAFile, status, overRest);
    }

    private static List<Arguments> texts() {
        return List.of(
                row("ten megabytes", "# " + "x".repeat(100) + "\n" + ("# " + "y".repeat(100) + "\n").repeat(100_000), "1048576", 413, "1048576"),
                row("anchors that explode", billionLaughs(), "alias"),
                row("100,000 documents", "---\na: 1\n".repeat(100_000), "too many documents"),
                row("a wrong type", service("wrong", "timeout: [1]"), "spec.http[0].timeout"),
                row("another wrong type", service("wrong", "retries: {attempts: many}"), "spec.http[0].retries.attempts"),
                row("an unknown field", service("wrong", "tiemout: 1s"), "did you mean `timeout`?"),
                row("an unknown kind", GOOD.replace("VirtualService", "VirtualServise"), "did you mean `VirtualService`?"),
                row("a bad regex", service("wrong", "match: [{uri: {regex: '('}}]"), "spec.http[0].match[0].uri.regex"),
                row("a regex that is too long", service("wrong", "match: [{uri: {regex: '" + "a".repeat(1100) + "'}}]"), "1024"),
                row("a half-written file", GOOD.substring(0, GOOD.indexOf("destination")) + "destination: {host: ", "line"),
                row("bytes that are no text", "\u0000\u0001\u0002", "zzz.yaml", 422, "special characters are not allowed"));
    }

    private static String billionLaughs() {
        StringBuilder text = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (int i = 1; i < 10; i++) {
            text.append("a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", Collections.nCopies(9, "*a" + (i - 1)))));
        }
        return text.toString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void aFile_isRefused_whereOperatorsLook(String what, String text, String reason, int status, String overRest) throws Exception {
        refusedAsAFile(text, reason);
    }

    @Test
    void theSameNameInTwoFiles_isRefusedInTheSecond() throws Exception {
        refusedAsAFile(GOOD.replace("1s", "2s"), "good.yaml");
    }

    private void refusedAsAFile(String text, String reason) throws Exception {
        DeltaClient proxy = holding(ResourceType.CLUSTER);
        Path file = config().resolve("zzz.yaml");
        Files.writeString(file, text);
        try {
            await().atMost(SOON).untilAsserted(() ->
                    assertThat(pilot.get("/weft/v1/errors").text()).contains("zzz.yaml").contains(reason));
            nothingIsLost();
            assertThat(proxy.next(QUIET)).as("nothing changes at a proxy").isNull();
            // What comes after it is taken.
            String after = service("after", "timeout: 3s");
            assertThat(pilot.putYaml(BASE + "/after", after).status()).isIn(200, 201);
            assertThat(pilot.delete(BASE + "/after").status()).isEqualTo(200);
        } finally {
            Files.deleteIfExists(file);
        }
        await().atMost(SOON).untilAsserted(() -> assertThat(pilot.get("/weft/v1/errors").text()).doesNotContain("zzz.yaml"));
    }

    @Test
    void aLinkOutOfTheFolder_isRefused() throws Exception {
        Path outside = Files.writeString(home.resolve("outside.yaml"), service("outside", "timeout: 1s"));
        Path link = Files.createSymbolicLink(config().resolve("zzz-link.yaml"), outside);
        try {
            await().atMost(SOON).untilAsserted(() -> assertThat(pilot.get("/weft/v1/errors").text()).contains("zzz-link.yaml"));
            assertThat(pilot.get(BASE + "/outside").status()).isEqualTo(404);
        } finally {
            Files.delete(link);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void theSameOverRest_isRefused(String what, String text, String inAFile, int status, String reason) throws Exception {
        Answer answer = pilot.putYaml(BASE + "/wrong", text);
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.json().at("/kind").asString()).isEqualTo("Status");
        assertThat(answer.json().at("/message").asString()).contains(reason);
        assertThat(pilot.get(BASE + "/wrong").status()).isEqualTo(404);
    }

    @Test
    void aClientThatNeverAcknowledges_holdsUpNobody() throws Exception {
        DeltaClient silent = connect();
        silent.subscribe(ResourceType.CLUSTER);
        silent.expect(ResourceType.CLUSTER);
        DeltaClient other = holding(ResourceType.CLUSTER);
        changeClusters("late", 1, () -> {
            DeltaDiscoveryResponse change = other.expectAndAck(ResourceType.CLUSTER);
            assertThat(DeltaClient.names(change)).anyMatch(name -> name.contains("late.default"));
        });
        assertThat(silent.next(QUIET)).as("it gets nothing before it has answered").isNull();
    }

    @Test
    void aClientThatRejectsInALoop_isSlowedDown_andShown() throws Exception {
        DeltaClient angry = connect();
        angry.subscribe(ResourceType.CLUSTER);
        angry.nack(angry.expect(ResourceType.CLUSTER), "no, thank you");
        DeltaClient other = holding(ResourceType.CLUSTER);
        changeClusters("angry", 5, () -> other.expectAndAck(ResourceType.CLUSTER));
        int pushed = 0;
        for (DeltaDiscoveryResponse next = angry.next(QUIET); next != null && pushed < 20; next = angry.next(QUIET)) {
            angry.nack(next, "no, thank you");
            pushed++;
        }
        assertThat(pushed).as("pushes to one that rejects them all").isLessThan(5);
        assertThat(pilot.get("/weft/v1/proxies").text()).contains("no, thank you");
    }

    @Test
    void aClientThatWantsEverything_isBounded() {
        DeltaClient greedy = connect();
        String[] names = new String[200_000];
        for (int i = 0; i < names.length; i++) {
            names[i] = "outbound|" + i + "||x";
        }
        greedy.subscribe(ResourceType.ENDPOINT, names);
        assertThat(greedy.ended().getCode()).isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.INVALID_ARGUMENT);
        holding(ResourceType.CLUSTER);
    }

    @Test
    void aSecretThatIsNoCertificate_isRefused() throws Exception {
        Answer answer = pilot.putYaml(
                SECRETS + "/nonsense",
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: nonsense, namespace: istio-system}
                type: kubernetes.io/tls
                data: {tls.crt: bm9uc2Vuc2U=, tls.key: bm9uc2Vuc2U=}
                """);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().at("/message").asString()).contains("tls.crt");
        assertThat(pilot.get(SECRETS + "/nonsense").status()).isEqualTo(404);
    }

    @Test
    void secretsAreNotForWhoAsks() throws Exception {
        String gateways = "/apis/networking.istio.io/v1/namespaces/istio-system/gateways/edge";
        assertThat(pilot.putYaml(SECRETS + "/edge", PKI.secretYaml("edge", "istio-system", "edge.example.com")).status()).isEqualTo(201);
        assertThat(pilot.putYaml(gateways, EDGE).status()).isEqualTo(201);
        try {
            DeltaClient gateway = new DeltaClient(tls("istio-system", "istio-ingressgateway-service-account"), router("istio-system"));
            gateway.subscribe(ResourceType.SECRET, EDGE_SECRET);
            DeltaDiscoveryResponse own = gateway.expectAndAck(ResourceType.SECRET);
            assertThat(DeltaClient.names(own)).as("it is there, for the gateway whose it is").containsExactly(EDGE_SECRET);

            assertGetsNoSecret(connect());
            assertGetsNoSecret(new DeltaClient(plaintext(), router("istio-system")));
            assertGetsNoSecret(new DeltaClient(tls("default", "default"), AdsHarness.node()));
            assertGetsNoSecret(new DeltaClient(tls("default", "default"), router("default")));
        } finally {
            assertThat(pilot.delete(gateways).status()).isEqualTo(200);
            assertThat(pilot.delete(SECRETS + "/edge").status()).isEqualTo(200);
        }
    }

    /** Nor learns whether it exists. */
    private static void assertGetsNoSecret(DeltaClient stranger) {
        stranger.subscribe(ResourceType.SECRET, EDGE_SECRET, "kubernetes://no-such-secret", "default", "ROOTCA");
        DeltaDiscoveryResponse none = stranger.expectAndAck(ResourceType.SECRET);
        assertThat(none.getResourcesList()).isEmpty();
        assertThat(none.getRemovedResourcesList()).contains(EDGE_SECRET, "kubernetes://no-such-secret");
    }

    private static ManagedChannel tls(String namespace, String account) throws Exception {
        // A SPIFFE client looks at the chain, not at a host name.
        AdvancedTlsX509TrustManager chain = AdvancedTlsX509TrustManager.newBuilder()
                .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
                .build();
        chain.updateTrustCredentials(new X509Certificate[] {PKI.root()});
        SslContext context = GrpcSslContexts.forClient()
                .trustManager(chain)
                .keyManager(bytes(PKI.chainPem(namespace, account)), bytes(PKI.keyPem(namespace, account)))
                .build();
        return keep(NettyChannelBuilder.forAddress("127.0.0.1", pilot.bean(XdsServers.class).tlsPort()).sslContext(context));
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** An ingress gateway, as it says. */
    private static Node router(String namespace) {
        Value labels = Value.newBuilder()
                .setStructValue(Struct.newBuilder().putFields("istio", Value.newBuilder().setStringValue("ingressgateway").build()))
                .build();
        return Node.newBuilder()
                .setId("router~127.0.0.1~gw." + namespace + "~" + namespace + ".svc.cluster.local")
                .setMetadata(Struct.newBuilder().putFields("LABELS", labels))
                .build();
    }

    @FunctionalInterface
    private interface Check {
        void run() throws Exception;
    }

    /** A new Service each time, so that every proxy's clusters change. */
    private static void changeClusters(String name, int times, Check afterEach) throws Exception {
        for (int i = 0; i < times; i++) {
            String one = i == 0 ? name : name + i;
            String service =
                    """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: %s, namespace: default}
                    spec: {selector: {app: x}, ports: [{name: http, port: 80}]}
                    """.formatted(one);
            String path = "/api/v1/namespaces/default/services/" + one;
            assertThat(pilot.putYaml(path, service).status()).isEqualTo(201);
            afterEach.run();
        }
    }
}
