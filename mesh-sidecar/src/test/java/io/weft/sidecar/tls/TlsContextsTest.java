package io.weft.sidecar.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.weft.sidecar.identity.AllowedPeers;
import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.Pem;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.identity.TestCa;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real handshakes over loopback with the contexts as listeners and clusters use them. */
class TlsContextsTest {

    private static final String REVIEWS = "spiffe://cluster.local/ns/default/sa/reviews";
    private static final String PRODUCTPAGE = "spiffe://cluster.local/ns/default/sa/productpage";
    private static final String SNI = "outbound_.9080_.v1_.reviews.default.svc.cluster.local";

    private final TestCa ca = new TestCa();
    private final Handshake handshake = new Handshake();

    enum Provider {
        BORINGSSL(SslProvider.OPENSSL_REFCNT),
        JDK(SslProvider.JDK);

        final SslProvider netty;

        Provider(SslProvider netty) {
            this.netty = netty;
        }

        TlsContexts of(Svid svid) {
            return of(IdentitySource.fixed(svid));
        }

        TlsContexts of(IdentitySource identity) {
            return new TlsContexts(identity, Duration.ofSeconds(5), netty);
        }
    }

    @AfterEach
    void stop() {
        handshake.close();
    }

    @Test
    void boringSslIsThere() {
        assertThat(OpenSsl.isAvailable()).as(() -> "" + OpenSsl.unavailabilityCause()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void bothSeeEachOther(Provider provider) throws Exception {
        Svid client = ca.svid(PRODUCTPAGE);
        try (TlsContexts reviews = provider.of(ca.svid(REVIEWS));
                TlsContexts productpage = provider.of(client)) {
            Handshake.Result result = handshake.run(
                    reviews.inbound(ClientAuth.REQUIRE, List.of("istio-h2", "h2", "istio")),
                    productpage.outbound(SNI, List.of("istio-http/1.1", "istio"), Set.of(REVIEWS)));
            assertThat(result.ok()).as(result.errors()).isTrue();
            assertThat(result.atServer().spiffeId().uri()).isEqualTo(PRODUCTPAGE);
            assertThat(result.atServer().uri()).isEqualTo(PRODUCTPAGE);
            assertThat(result.atServer().localUri()).isEqualTo(REVIEWS);
            assertThat(result.atServer().sni()).as("the JDK cannot").isEqualTo(provider == Provider.JDK ? null : SNI);
            assertThat(result.atServer().applicationProtocol()).isEqualTo("istio");
            assertThat(result.atServer().certificateSha256())
                    .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(client.leaf().getEncoded())));
            assertThat(result.atClient().spiffeId().uri()).isEqualTo(REVIEWS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerWithAnotherIdentityIsRefused(Provider provider) throws Exception {
        try (TlsContexts details = provider.of(ca.svid("spiffe://cluster.local/ns/default/sa/details"));
                TlsContexts productpage = provider.of(ca.svid(PRODUCTPAGE))) {
            TlsContext server = details.inbound(ClientAuth.REQUIRE, List.of());
            Handshake.Result result = handshake.run(server, productpage.outbound(SNI, List.of(), Set.of(REVIEWS)));
            assertThat(result.ok()).isFalse();
            assertThat(result.errors()).contains("peer is spiffe://cluster.local/ns/default/sa/details");
            assertThat(handshake.run(server, productpage.outbound(SNI, List.of(), Set.of())).ok()).as("an empty set allows nobody").isFalse();
            assertThat(handshake.run(server, productpage.open(new TlsSpec.Outbound(null, List.of(), AllowedPeers.any()))).ok()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void versionsAndCiphersAreThoseThatWereAskedFor(Provider provider) throws Exception {
        TlsLimits newest = new TlsLimits("TLSv1.3", "TLSv1.3", List.of());
        TlsLimits older = new TlsLimits("TLSv1.2", "TLSv1.2", List.of("[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-RSA-AES128-GCM-SHA256]"));
        TlsLimits others = new TlsLimits("TLSv1.2", "TLSv1.2", List.of("ECDHE-ECDSA-AES256-GCM-SHA384"));
        TlsLimits either = new TlsLimits("TLSv1.2", "TLSv1.3", List.of("ECDHE-ECDSA-AES256-GCM-SHA384"));
        try (TlsContexts reviews = provider.of(ca.svid(REVIEWS));
                TlsContexts productpage = provider.of(ca.svid(PRODUCTPAGE))) {
            TlsSpec.Inbound in = new TlsSpec.Inbound(ClientAuth.REQUIRE, List.of());
            TlsSpec.Outbound out = new TlsSpec.Outbound(SNI, List.of(), AllowedPeers.only(Set.of(REVIEWS)));
            assertThat(handshake.run(reviews.open(in, newest), productpage.open(out)).ok()).isTrue();
            assertThat(handshake.run(reviews.open(in, newest), productpage.open(out, older)).ok()).isFalse();
            assertThat(handshake.run(reviews.open(in, older), productpage.open(out, older)).ok()).isTrue();
            assertThat(handshake.run(reviews.open(in, others), productpage.open(out, older)).ok()).isFalse();
            assertThat(handshake.run(reviews.open(in, others), productpage.open(out, either)).ok()).isTrue();
            assertThat(handshake.run(reviews.open(in, newest), productpage.open(out, either)).ok()).isTrue();
            assertThatThrownBy(() -> reviews.open(in, new TlsLimits("TLSv1.2", "TLSv1.2", List.of("NO-SUCH-SUITE"))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerOfAnotherAuthorityIsRefused(Provider provider) throws Exception {
        try (TlsContexts reviews = provider.of(new TestCa().svid(REVIEWS));
                TlsContexts productpage = provider.of(ca.svid(PRODUCTPAGE))) {
            Handshake.Result result = handshake.run(
                    reviews.inbound(ClientAuth.NONE, List.of()), productpage.outbound(SNI, List.of(), Set.of(REVIEWS)));
            assertThat(result.ok()).isFalse();
            assertThat(result.errors()).contains("does not lead to a root of the mesh");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientWithoutACertificate_isRefusedWhereOneIsRequired_andNobodyWhereItIsOptional(Provider provider) throws Exception {
        try (TlsContexts reviews = provider.of(ca.svid(REVIEWS));
                TlsContexts outside = provider.of(ca.svid(PRODUCTPAGE))) {
            TlsContext anonymous = outside.open(new TlsSpec.Origination(
                    SNI, List.of(), new TlsSpec.Trust.Roots(Pem.encode(List.of(ca.root()))), Set.of(REVIEWS), null));
            assertThat(handshake.run(reviews.inbound(ClientAuth.REQUIRE, List.of()), anonymous).ok()).isFalse();
            Handshake.Result optional = handshake.run(reviews.inbound(ClientAuth.OPTIONAL, List.of()), anonymous);
            assertThat(optional.ok()).as(optional.errors()).isTrue();
            assertThat(optional.atServer().spiffeId()).isNull();
            assertThat(optional.atServer().certificateSha256()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientOfAnotherAuthority_orWhoseCertificateIsOver_isRefused(Provider provider) throws Exception {
        Svid foreign = new TestCa().svid(PRODUCTPAGE);
        Svid over = ca.svid(PRODUCTPAGE, Duration.ofMillis(-500));
        try (TlsContexts reviews = provider.of(ca.svid(REVIEWS));
                TlsContexts stranger = provider.of(new Svid(foreign.id(), foreign.key(), foreign.chain(), List.of(ca.root())));
                TlsContexts late = provider.of(over)) {
            for (ClientAuth auth : List.of(ClientAuth.REQUIRE, ClientAuth.OPTIONAL)) {
                TlsContext server = reviews.inbound(auth, List.of());
                Handshake.Result result = handshake.run(server, stranger.outbound(SNI, List.of(), Set.of(REVIEWS)));
                assertThat(result.atClient()).as(auth + " foreign").isNull();
                assertThat(result.errors()).contains("does not lead to a root of the mesh");
                assertThat(handshake.run(server, late.outbound(SNI, List.of(), Set.of(REVIEWS))).atClient()).as(auth + " over").isNull();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void rotationReachesNewConnections_andCutsNoOldOne(Provider provider) throws Exception {
        Movable identity = new Movable();
        try (TlsContexts reviews = provider.of(identity);
                TlsContexts productpage = provider.of(ca.svid(PRODUCTPAGE))) {
            TlsContext server = reviews.inbound(ClientAuth.REQUIRE, List.of());
            TlsContext client = productpage.outbound(SNI, List.of(), Set.of(REVIEWS));
            assertThat(server.ready()).isFalse();
            assertThatThrownBy(() -> server.newHandler(UnpooledByteBufAllocator.DEFAULT))
                    .isInstanceOf(TlsUnavailableException.class)
                    .hasMessageContaining("no workload certificate yet");
            identity.set(ca.svid(REVIEWS));
            assertThat(server.ready()).isTrue();

            CompletableFuture<PeerIdentity> atServer = new CompletableFuture<>();
            Channel listener = handshake.listen(server, atServer);
            String first = handshake.connect(client, listener).get(10, TimeUnit.SECONDS).certificateSha256();
            identity.set(ca.svid(REVIEWS));
            String second = handshake.connect(client, listener).get(10, TimeUnit.SECONDS).certificateSha256();
            assertThat(second).isNotEqualTo(first);
            // Trust moves to another authority: a client of the old one is not let in. SessionsIT has one that keeps its session.
            identity.set(new TestCa().svid(REVIEWS));
            assertThatThrownBy(() -> handshake.connect(client, listener).get(10, TimeUnit.SECONDS)).isNotNull();
            listener.close().syncUninterruptibly();
        }
    }

    @ParameterizedTest
    @EnumSource
    void makingHandlersWhileItRotatesNeverFails(Provider provider) throws Exception {
        Movable identity = new Movable();
        Svid one = ca.svid(REVIEWS);
        Svid two = ca.svid(REVIEWS);
        identity.set(one);
        try (TlsContexts contexts = provider.of(identity)) {
            TlsContext server = contexts.inbound(ClientAuth.REQUIRE, List.of());
            AtomicBoolean stop = new AtomicBoolean();
            CompletableFuture<Integer> made = CompletableFuture.supplyAsync(() -> {
                int n = 0;
                while (!stop.get()) {
                    SslHandler handler = server.newHandler(UnpooledByteBufAllocator.DEFAULT);
                    io.netty.util.ReferenceCountUtil.release(handler.engine());
                    n++;
                }
                return n;
            });
            for (int i = 0; i < 200 && !made.isDone(); i++) {
                identity.set(i % 2 == 0 ? two : one);
            }
            stop.set(true);
            assertThat(made.get(10, TimeUnit.SECONDS)).isPositive();
        }
    }

    @Test
    void equalSpecsShareAContext_untilTheLastLeaseIsClosed() {
        try (TlsContexts contexts = Provider.BORINGSSL.of(ca.svid(REVIEWS))) {
            TlsContext a = contexts.outbound(SNI, List.of("h2"), Set.of(REVIEWS));
            TlsContext b = contexts.outbound(SNI, List.of("h2"), Set.of(REVIEWS));
            a.close();
            a.close();
            assertThat(b.ready()).isTrue();
            b.close();
            assertThat(b.ready()).isFalse();
            assertThatThrownBy(() -> b.newHandler(UnpooledByteBufAllocator.DEFAULT)).isInstanceOf(TlsUnavailableException.class);
            assertThat(contexts.outbound(SNI, List.of("h2"), Set.of(REVIEWS)).ready()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theEdgeServesItsPem_andItsClientsAreNobodyInTheMesh(Provider provider) throws Exception {
        TestCa web = new TestCa();
        PemKeyPair pair = pair(web, "httpbin.example.com");
        Svid imposter = web.svid(PRODUCTPAGE);
        PemKeyPair clientPair = new PemKeyPair(Pem.encode(imposter.chain()), Pem.encode(imposter.key()));
        String root = Pem.encode(List.of(web.root()));
        try (TlsContexts edge = provider.of(ca.svid(REVIEWS));
                TlsContexts outside = provider.of(ca.svid(PRODUCTPAGE))) {
            TlsContext simple = edge.open(new TlsSpec.Edge(pair, ClientAuth.NONE, null, List.of("h2", "http/1.1")));
            TlsContext client = outside.open(origination(root, "httpbin.example.com", null));
            Handshake.Result result = handshake.run(simple, client);
            assertThat(result.ok()).as(result.errors()).isTrue();
            assertThat(result.atServer().applicationProtocol()).isEqualTo("http/1.1");
            assertThat(result.atServer().sni()).isEqualTo("httpbin.example.com");

            TlsContext mutual = edge.open(new TlsSpec.Edge(pair, ClientAuth.REQUIRE, root, List.of()));
            assertThat(handshake.run(mutual, client).atClient()).isNull();
            Handshake.Result both = handshake.run(mutual, outside.open(origination(root, "httpbin.example.com", clientPair)));
            assertThat(both.ok()).as(both.errors()).isTrue();
            assertThat(both.atServer().uri()).isEqualTo(PRODUCTPAGE);
            assertThat(both.atServer().spiffeId()).as("signed by the edge's CA, not the mesh's").isNull();

            TlsContext named = edge.open(new TlsSpec.Edge(pair, ClientAuth.REQUIRE, root, Set.of(REVIEWS), List.of()));
            Handshake.Result stranger = handshake.run(named, outside.open(origination(root, "httpbin.example.com", clientPair)));
            assertThat(stranger.atServer()).as("of the right CA, but not one of the names").isNull();
            assertThat(stranger.errors()).contains("names in the certificate: [" + PRODUCTPAGE + "] (expected: one of [" + REVIEWS + "])");
            TlsContext right = edge.open(new TlsSpec.Edge(pair, ClientAuth.REQUIRE, root, Set.of(PRODUCTPAGE), List.of()));
            assertThat(handshake.run(right, outside.open(origination(root, "httpbin.example.com", clientPair))).ok()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCallerOfAnotherTrustDomainIsNobody_whereTheListenerSaysSo(Provider provider) throws Exception {
        AllowedPeers ours = AllowedPeers.matching(Set.of(), Set.of("spiffe://cluster.local/"));
        try (TlsContexts server = provider.of(ca.svid(REVIEWS));
                TlsContexts friend = provider.of(ca.svid(PRODUCTPAGE));
                TlsContexts foreign = provider.of(ca.svid("spiffe://cluster.local.example/ns/default/sa/x"))) {
            TlsContext inbound = server.open(new TlsSpec.Inbound(ClientAuth.REQUIRE, ours, List.of()));
            assertThat(handshake.run(inbound, friend.outbound(SNI, List.of(), Set.of(REVIEWS))).ok()).isTrue();
            Handshake.Result refused = handshake.run(inbound, foreign.outbound(SNI, List.of(), Set.of(REVIEWS)));
            assertThat(refused.atServer()).isNull();
            assertThat(refused.errors()).contains("peer is spiffe://cluster.local.example/ns/default/sa/x");
        }
    }

    @ParameterizedTest
    @EnumSource
    void originationChecksRootAndName(Provider provider) throws Exception {
        TestCa web = new TestCa();
        String root = Pem.encode(List.of(web.root()));
        try (TlsContexts edge = provider.of(ca.svid(REVIEWS))) {
            TlsContext server = edge.open(new TlsSpec.Edge(pair(web, "*.example.com"), ClientAuth.NONE, null, List.of()));
            assertThat(handshake.run(server, edge.open(origination(root, "httpbin.example.com", null))).ok()).isTrue();
            Handshake.Result name = handshake.run(server, edge.open(origination(root, "a.httpbin.example.com", null)));
            assertThat(name.atClient()).isNull();
            assertThat(name.errors()).contains("names in the certificate: [*.example.com] (expected: one of [a.httpbin.example.com])");
            assertThat(handshake.run(server, edge.open(origination(Pem.encode(List.of(ca.root())), "httpbin.example.com", null))).atClient()).isNull();
            TlsSpec.Trust os = new TlsSpec.Trust.System();
            assertThat(handshake.run(server, edge.open(new TlsSpec.Origination(null, List.of(), os, Set.of(), null))).atClient()).isNull();
            TlsSpec.Trust nobody = new TlsSpec.Trust.Nobody();
            assertThat(handshake.run(server, edge.open(new TlsSpec.Origination(null, List.of(), nobody, Set.of(), null))).ok()).isTrue();
        }
    }

    @Test
    void pemThatIsNotUsableIsRefusedWithTheReason() {
        PemKeyPair good = pair(ca, "a.example");
        try (TlsContexts contexts = Provider.BORINGSSL.of(ca.svid(REVIEWS))) {
            refused(contexts, new PemKeyPair("", good.key()), "certificate: no certificate");
            refused(contexts, new PemKeyPair(good.chain(), ""), "private key: no private key");
            refused(contexts, new PemKeyPair(good.chain(), pair(ca, "a.example").key()), "does not belong to the certificate");
            refused(contexts, new PemKeyPair(good.chain(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), "not a readable private key");
            assertThatThrownBy(() -> new TlsSpec.Edge(good, ClientAuth.REQUIRE, null, List.of())).hasMessageContaining("client CA: none");
            assertThat(good.toString()).doesNotContain("PRIVATE");
        }
    }

    @Test
    void aSilentPeerIsCutAfterTheHandshakeTimeout() throws Exception {
        try (TlsContexts contexts = new TlsContexts(IdentitySource.fixed(ca.svid(REVIEWS)), Duration.ofMillis(300))) {
            CompletableFuture<PeerIdentity> seen = new CompletableFuture<>();
            Channel listener = handshake.listen(contexts.inbound(ClientAuth.REQUIRE, List.of()), seen);
            try (java.net.Socket silent = new java.net.Socket("127.0.0.1", ((java.net.InetSocketAddress) listener.localAddress()).getPort())) {
                silent.setSoTimeout(10_000);
                assertThat(silent.getInputStream().read()).isLessThan(0);
            }
            assertThatThrownBy(() -> seen.get(5, TimeUnit.SECONDS)).hasMessageContaining("handshake timed out");
        }
    }

    private static void refused(TlsContexts contexts, PemKeyPair pair, String why) {
        assertThatThrownBy(() -> contexts.open(new TlsSpec.Edge(pair, ClientAuth.NONE, null, List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private static TlsSpec.Origination origination(String root, String host, @Nullable PemKeyPair pair) {
        return new TlsSpec.Origination(host, List.of("http/1.1"), new TlsSpec.Trust.Roots(root), Set.of(host), pair);
    }

    private static PemKeyPair pair(TestCa authority, String dns) {
        KeyPair keys = TestCa.keys();
        return new PemKeyPair(
                Pem.encode(authority.chain(authority.leaf(keys.getPublic(), Instant.now(), Duration.ofHours(1), TestCa.dns(dns)))),
                Pem.encode(keys.getPrivate()));
    }
}
