package io.weft.pilot.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.ClientInterceptors;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.stub.MetadataUtils;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.netty.handler.ssl.SslContextBuilder;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.TestPki;
import io.weft.pilot.generate.ResourceType;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may have what, over real TLS. */
class IdentityIT {

    private static final TestPki PKI = TestPki.create("cluster.local");
    private static ECKey key;

    @TempDir
    Path folder;

    private AdsHarness server;

    @BeforeAll
    static void makeKey() throws JOSEException {
        key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
    }

    @BeforeEach
    void start() throws Exception {
        PKI.write(folder, "istio-system", "mesh-pilot");
        Files.writeString(folder.resolve("jwks.json"), new JWKSet(key.toPublicJWK()).toString());
        server = AdsHarness.generated(
                MeshYaml.state(
                        MeshYaml.file("bookinfo.yaml"),
                        MeshYaml.file("httpbin-gateway.yaml"),
                        PKI.secretYaml("httpbin-credential", "istio-system", "httpbin.example.com")),
                folder,
                new JwksTokenReader(folder.resolve("jwks.json"), "weft-launcher", "cluster.local"));
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.close();
    }

    @Test
    void nobodyIsExpectedBack_beforeThereIsACertificateToShowHim(@TempDir Path later) throws Exception {
        try (AdsHarness waiting = AdsHarness.generated(MeshYaml.state(), later, AdsHarness.refuseTokens())) {
            assertThat(waiting.registry.reachable).isFalse();
            PKI.write(later, "istio-system", "mesh-pilot");
            await().until(() -> waiting.registry.reachable);
        }
        assertThat(server.registry.reachable).as("has one from the start").isTrue();
    }

    private ManagedChannel channel(@Nullable String namespace, @Nullable String account) {
        return channel(PKI, namespace, account);
    }

    private ManagedChannel channel(TestPki pki, @Nullable String namespace, @Nullable String account) {
        try {
            SslContextBuilder context = GrpcSslContexts.forClient()
                    .trustManager(chainOnly());
            if (namespace != null && account != null) {
                context.keyManager(bytes(pki.chainPem(namespace, account)), bytes(pki.keyPem(namespace, account)));
            }
            var built = context.build();
            return server.tls(builder -> builder.sslContext(built));
        } catch (SSLException e) {
            throw new AssertionError(e);
        }
    }

    /** A SPIFFE client looks at the chain and the URI, not at a host name. */
    private static AdvancedTlsX509TrustManager chainOnly() {
        try {
            AdvancedTlsX509TrustManager trust = AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
                    .build();
            trust.updateTrustCredentials(new java.security.cert.X509Certificate[] {PKI.root()});
            return trust;
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ByteArrayInputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Channel withToken(ManagedChannel channel, String token) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static String token(ECKey by, String subject, String audience, @Nullable Instant expires) throws JOSEException {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer("weft-launcher")
                .audience(audience)
                .subject("system:serviceaccount:" + subject)
                .issueTime(Date.from(Instant.now().minusSeconds(300)));
        if (expires != null) {
            claims.expirationTime(Date.from(expires));
        }
        SignedJWT jwt = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(by.getKeyID()).build(), claims.build());
        jwt.sign(new ECDSASigner(by));
        return jwt.serialize();
    }

    private static Node reviews(Map<String, String> labels) {
        Struct.Builder ports = Struct.newBuilder()
                .putFields(
                        "9080",
                        Value.newBuilder()
                                .setStructValue(Struct.newBuilder()
                                        .putFields("inbound", Value.newBuilder().setNumberValue(21001).build())
                                        .putFields("app", Value.newBuilder().setNumberValue(21101).build()))
                                .build());
        Struct.Builder labelStruct = Struct.newBuilder();
        labels.forEach((name, value) -> labelStruct.putFields(name, Value.newBuilder().setStringValue(value).build()));
        return Node.newBuilder()
                .setId("sidecar~127.0.0.1~reviews-v1.default~default.svc.cluster.local")
                .setMetadata(Struct.newBuilder()
                        .putFields("AUTO_REGISTER_GROUP", Value.newBuilder().setStringValue("reviews-v1").build())
                        .putFields("WEFT_INBOUND_PORTS", Value.newBuilder().setStructValue(ports).build())
                        .putFields("LABELS", Value.newBuilder().setStructValue(labelStruct).build()))
                .build();
    }

    private static Node router(String namespace) {
        return Node.newBuilder()
                .setId("router~127.0.0.1~gw." + namespace + "~" + namespace + ".svc.cluster.local")
                .setMetadata(Struct.newBuilder()
                        .putFields(
                                "LABELS",
                                Value.newBuilder()
                                        .setStructValue(Struct.newBuilder()
                                                .putFields(
                                                        "istio",
                                                        Value.newBuilder().setStringValue("ingressgateway").build()))
                                        .build()))
                .build();
    }

    @Test
    void nobody_isTurnedAway() {
        DeltaClient client = new DeltaClient(channel(null, null), AdsHarness.node());
        client.subscribe(ResourceType.CLUSTER);

        assertThat(client.ended().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void aCertificateOfTheMesh_isAnIdentity() {
        DeltaClient client = new DeltaClient(channel("default", "default"), AdsHarness.node());
        client.subscribe(ResourceType.CLUSTER);
        client.expectAndAck(ResourceType.CLUSTER);

        awaitStatus(ProxyStatus::identity, "spiffe://cluster.local/ns/default/sa/default");
    }

    /** It is said after the answer is sent. */
    private void awaitStatus(Function<ProxyStatus, Object> what, Object expected) {
        await().untilAsserted(() -> assertThat(server.connections.statuses()).extracting(what).containsExactly(expected));
    }

    @Test
    void aCertificateOfAnotherRoot_isNone() {
        DeltaClient client =
                new DeltaClient(channel(TestPki.create("cluster.local"), "default", "default"), AdsHarness.node());
        client.subscribe(ResourceType.CLUSTER);

        assertThat(client.ended().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void aCertificateOfAnotherTrustDomain_isRefused() {
        TestPki.Leaf foreign = PKI.workloadOf("elsewhere.example", "default", "default");
        DeltaClient client = new DeltaClient(channelWith(foreign), AdsHarness.node());
        client.subscribe(ResourceType.CLUSTER);

        Status status = client.ended();
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(status.getDescription()).contains("elsewhere.example");
    }

    private ManagedChannel channelWith(TestPki.Leaf leaf) {
        try {
            var context = GrpcSslContexts.forClient()
                    .trustManager(chainOnly())
                    .keyManager(leaf.keys().getPrivate(), leaf.certificate(), PKI.root())
                    .build();
            return server.tls(builder -> builder.sslContext(context));
        } catch (SSLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aStreamDoesNotOutliveItsCertificate() {
        // Certificates know whole seconds.
        Instant end = Instant.now().plusSeconds(7).truncatedTo(ChronoUnit.SECONDS);
        ManagedChannel channel = channelWith(PKI.ending("default", "default", end));
        DeltaClient client = new DeltaClient(channel, AdsHarness.node());
        client.subscribe(ResourceType.CLUSTER);
        client.expectAndAck(ResourceType.CLUSTER);
        awaitStatus(ProxyStatus::certificateExpires, end);

        Status status = client.ended();
        assertThat(Instant.now()).isAfterOrEqualTo(end);
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription()).isEqualTo("certificate expired at " + end + "; connect again with a newer one");

        DeltaClient again = new DeltaClient(channel, AdsHarness.node());
        again.subscribe(ResourceType.CLUSTER);
        assertThat(again.ended().getCode()).isIn(Status.Code.UNAUTHENTICATED, Status.Code.UNAVAILABLE);
        await("the connection goes too: only a new one can show a new certificate")
                .untilAsserted(() -> assertThat(channel.getState(false)).isNotEqualTo(ConnectivityState.READY));
    }

    /** The harness has room for 16. */
    @Test
    void whoConnectsAndSaysNothing_keepsNobodyOut() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), server.servers.tlsPort()));
            }
            silent.get(0).setSoTimeout(5_000);
            assertThat(silent.get(0).getInputStream().read()).as("the oldest is closed").isEqualTo(-1);

            DeltaClient client = new DeltaClient(channel("default", "default"), AdsHarness.node());
            client.subscribe(ResourceType.CLUSTER);
            client.expectAndAck(ResourceType.CLUSTER);
            for (int i = 0; i < 40; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), server.servers.tlsPort()));
            }
            silent.get(50).setSoTimeout(5_000);
            assertThat(silent.get(50).getInputStream().read()).isEqualTo(-1);
            client.subscribe(ResourceType.LISTENER);
            client.expectAndAck(ResourceType.LISTENER);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void aToken_isAnIdentity() throws Exception {
        String token = token(key, "default:default", "istio-ca", Instant.now().plusSeconds(60));
        DeltaClient client = new DeltaClient(withToken(channel(null, null), token), AdsHarness.node());
        client.subscribe(ResourceType.CLUSTER);

        client.expectAndAck(ResourceType.CLUSTER);
    }

    @Test
    void badTokens_areRefused_withTheReason() throws Exception {
        ECKey stranger = new ECKeyGenerator(Curve.P_256).keyID("k2").generate();
        ECKey forger = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
        Instant soon = Instant.now().plusSeconds(60);

        assertRefused(token(stranger, "default:default", "istio-ca", soon), "token:");
        assertRefused(token(forger, "default:default", "istio-ca", soon), "token:");
        assertRefused(token(key, "default:default", "somebody", soon), "another audience (expected: istio-ca)");
        assertRefused(token(key, "default:default", "istio-ca", null), "no exp");
        assertRefused(token(key, "default:default", "istio-ca", Instant.now().minusSeconds(120)), "expired");
        assertRefused(token(key, "default", "istio-ca", soon), "sub is not a service account");
        assertRefused("not.a.token", "token:");
    }

    private void assertRefused(String token, String reason) {
        DeltaClient client = new DeltaClient(withToken(channel(null, null), token), AdsHarness.node());
        client.subscribe(ResourceType.CLUSTER);
        Status status = client.ended();
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(status.getDescription()).contains(reason);
    }

    @Test
    void aTokenOfSomebodyElse_besideACertificate_isRefused() throws Exception {
        String token = token(key, "default:other", "istio-ca", Instant.now().plusSeconds(60));
        DeltaClient client = new DeltaClient(withToken(channel("default", "default"), token), AdsHarness.node());
        client.subscribe(ResourceType.CLUSTER);

        assertThat(client.ended().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void theAccountOfTheGroup_registers_reportsHealth_andLeaves() {
        DeltaClient client = new DeltaClient(channel("default", "bookinfo-reviews"), reviews(Map.of("app", "reviews")));
        client.subscribe(ResourceType.CLUSTER);
        client.expectAndAck(ResourceType.CLUSTER);

        assertThat(server.registry.entries).containsKey("default/reviews-v1-127.0.0.1-21001");
        var entry = server.registry.entries.get("default/reviews-v1-127.0.0.1-21001");
        assertThat(entry.spec().address()).isEqualTo("127.0.0.1");
        assertThat(entry.spec().ports()).containsEntry("http", 21001);
        assertThat(entry.spec().labels()).containsEntry("version", "v1").containsEntry("app", "reviews");

        client.health("HTTP 500");
        await().untilAsserted(() -> assertThat(server.registry.reports)
                .containsExactly("default/reviews-v1-127.0.0.1-21001 unhealthy: HTTP 500"));
        client.health(null);
        await().untilAsserted(() -> assertThat(server.registry.reports).hasSize(2));

        client.close();
        await().untilAsserted(() -> assertThat(server.registry.entries).isEmpty());
    }

    @Test
    void anotherAccount_doesNotBecomeReviews() {
        DeltaClient client = new DeltaClient(channel("default", "bookinfo-details"), reviews(Map.of()));
        client.subscribe(ResourceType.CLUSTER);

        Status status = client.ended();
        assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(status.getDescription()).contains("bookinfo-reviews, not bookinfo-details");
        assertThat(server.registry.entries).isEmpty();
    }

    @Test
    void contradictingLabels_areRefused() {
        DeltaClient client = new DeltaClient(channel("default", "bookinfo-reviews"), reviews(Map.of("version", "v3")));
        client.subscribe(ResourceType.CLUSTER);

        Status status = client.ended();
        assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(status.getDescription()).contains("LABELS.version: v3 (expected: v1");
    }

    @Test
    void anotherNamespaceThanTheIdentitys_isRefused() {
        DeltaClient client = new DeltaClient(channel("default", "default"), router("istio-system"));
        client.subscribe(ResourceType.CLUSTER);

        assertThat(client.ended().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void aGatewaySecret_goesOnlyToItsNamespace() {
        DeltaClient gateway = new DeltaClient(
                channel("istio-system", "istio-ingressgateway-service-account"), router("istio-system"));
        gateway.subscribe(ResourceType.SECRET, "kubernetes://httpbin-credential");
        assertThat(DeltaClient.names(gateway.expectAndAck(ResourceType.SECRET)))
                .containsExactly("kubernetes://httpbin-credential");

        DeltaClient stranger = new DeltaClient(channel("default", "default"), router("default"));
        stranger.subscribe(ResourceType.SECRET, "kubernetes://httpbin-credential");
        assertThat(stranger.expectAndAck(ResourceType.SECRET).getRemovedResourcesList())
                .containsExactly("kubernetes://httpbin-credential");

        DeltaClient plaintext = new DeltaClient(server.plaintext(), router("istio-system"));
        plaintext.subscribe(ResourceType.SECRET, "kubernetes://httpbin-credential");
        assertThat(plaintext.expectAndAck(ResourceType.SECRET).getRemovedResourcesList())
                .containsExactly("kubernetes://httpbin-credential");
    }

    @Test
    void beforeCertificatesAreThere_handshakesFail_andAfterwardsTheySucceed() throws Exception {
        Path empty = Files.createDirectory(folder.resolve("later"));
        try (AdsHarness waiting = AdsHarness.generated(MeshYaml.state(), empty, AdsHarness.refuseTokens())) {
            var context = GrpcSslContexts.forClient()
                    .trustManager(chainOnly())
                    .keyManager(bytes(PKI.chainPem("default", "default")), bytes(PKI.keyPem("default", "default")))
                    .build();
            DeltaClient early = new DeltaClient(waiting.tls(builder -> builder.sslContext(context)), AdsHarness.node());
            early.subscribe(ResourceType.CLUSTER);
            assertThat(early.ended().getCode()).isEqualTo(Status.Code.UNAVAILABLE);

            PKI.write(empty, "istio-system", "mesh-pilot");

            await().untilAsserted(() -> {
                DeltaClient late = new DeltaClient(waiting.tls(builder -> builder.sslContext(context)), AdsHarness.node());
                late.subscribe(ResourceType.CLUSTER);
                late.expect(ResourceType.CLUSTER);
            });
        }
    }
}
