package io.weft.sidecar.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslProvider;
import io.weft.sidecar.identity.Pem;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.identity.TestCa;
import io.weft.sidecar.resource.DownstreamTlsResource;
import io.weft.sidecar.resource.ListenerResource.Direction;
import io.weft.sidecar.resource.ListenerResource.FilterChain;
import io.weft.sidecar.resource.ListenerResource.FilterChainMatch;
import io.weft.sidecar.resource.SecretResource;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.resource.TlsCommon;
import io.weft.sidecar.resource.TlsCommon.SanMatch;
import io.weft.sidecar.resource.TlsCommon.SecretRef;
import io.weft.sidecar.testing.MeshTls;
import io.weft.sidecar.testing.SocketServer;
import io.weft.sidecar.testing.TestEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Session tickets die when trust changes: who was let in once is looked at again, whatever he kept of it. */
class SessionsIT {
    private static final String REVIEWS = "spiffe://cluster.local/ns/default/sa/reviews";
    private static final String PRODUCTPAGE = "spiffe://cluster.local/ns/default/sa/productpage";
    private static final String RATINGS = "spiffe://cluster.local/ns/default/sa/ratings";

    private final TestCa ca = new TestCa();
    private final Movable identity = new Movable();
    private SocketServer app;
    private TestEngine engine;

    @BeforeEach
    void start() throws IOException {
        identity.set(ca.svid(REVIEWS));
        app = SocketServer.start(SocketServer::echo);
    }

    @AfterEach
    void stop() throws IOException {
        if (engine != null) {
            engine.close();
        }
        app.close();
    }

    static Stream<Arguments> servers() {
        return Stream.of(TlsContextsTest.Provider.values())
                .flatMap(provider -> Stream.of("TLSv1.2", "TLSv1.3").map(version -> Arguments.of(provider.netty, version)));
    }

    private void engine(SslProvider provider) {
        engine = new TestEngine(new TlsContexts(identity, Duration.ofSeconds(5), provider));
        engine.cluster("app", app.port());
    }

    /** The same listener, said anew. */
    private int listen(TlsCommon tls) {
        TcpProxyResource proxy =
                new TcpProxyResource("app", List.of(new TcpProxyResource.WeightedCluster("app", 1)), Duration.ZERO, 1, false, List.of());
        engine.listener("tls", Direction.INBOUND, new FilterChain(
                "mutual", FilterChainMatch.ANY, new DownstreamTlsResource(tls, true, false), List.of(proxy)));
        return engine.engine().listeners().get("tls").getPort();
    }

    private static TlsCommon from(String... callers) {
        return MeshTls.common(List.of(), Stream.of(callers).map(uri -> new SanMatch(SanMatch.Type.URI, StringMatch.exact(uri))).toList());
    }

    /** A full handshake, at the end of which he is let in or not. */
    private static void comesAfresh(Visitor visitor, int port, boolean letIn) throws IOException {
        int before = visitor.handshakes();
        assertThat(visitor.letIn(port)).isEqualTo(letIn);
        assertThat(visitor.handshakes()).isEqualTo(before + 1);
    }

    /** Else the rest of this class would prove nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aVisitorTakesUpItsSession_whereTheServerLetsIt(String version) throws Exception {
        SSLServerSocket socket = (SSLServerSocket) MeshTls.context(ca.svid(REVIEWS))
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        socket.setNeedClientAuth(true);
        try (SocketServer forgiving = new SocketServer(socket, SocketServer::echo)) {
            Visitor visitor = new Visitor(ca.svid(PRODUCTPAGE), version);
            comesAfresh(visitor, forgiving.port(), true);
            assertThat(visitor.letIn(forgiving.port())).isTrue();
            assertThat(visitor.handshakes()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void noSessionIsTakenUpAtAll(String version) throws Exception {
        engine(SslProvider.OPENSSL_REFCNT);
        int port = listen(from());
        Visitor visitor = new Visitor(ca.svid(PRODUCTPAGE), version);
        for (int i = 0; i < 3; i++) {
            comesAfresh(visitor, port, true);
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void theTrustBundleChanges(SslProvider provider, String version) throws Exception {
        engine(provider);
        int port = listen(from());
        Visitor visitor = new Visitor(ca.svid(PRODUCTPAGE), version);
        comesAfresh(visitor, port, true);
        TestCa next = new TestCa();
        identity.set(next.svid(REVIEWS));
        comesAfresh(visitor, port, false);
        comesAfresh(new Visitor(next.svid(PRODUCTPAGE), version), port, true);
    }

    /** Trust moves in steps: a root comes, a certificate of it comes, the old root goes. A session of the beginning outlives none of them. */
    @ParameterizedTest
    @MethodSource("servers")
    void theTrustBundleChangesByRootsAlone(SslProvider provider, String version) throws Exception {
        TestCa next = new TestCa();
        Svid own = ca.svid(REVIEWS);
        identity.set(own);
        engine(provider);
        int port = listen(from());
        Visitor visitor = new Visitor(ca.svid(PRODUCTPAGE), version);
        comesAfresh(visitor, port, true);
        identity.set(new Svid(own.id(), own.key(), own.chain(), List.of(ca.root(), next.root())));
        comesAfresh(visitor, port, true);
        comesAfresh(new Visitor(next.svid(PRODUCTPAGE), version), port, true);
        identity.set(new Svid(own.id(), own.key(), own.chain(), List.of(next.root())));
        comesAfresh(visitor, port, false);
        comesAfresh(new Visitor(next.svid(PRODUCTPAGE), version), port, true);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void theRequiredIdentityChanges(SslProvider provider, String version) throws Exception {
        engine(provider);
        int port = listen(from(PRODUCTPAGE, RATINGS));
        Visitor visitor = new Visitor(ca.svid(PRODUCTPAGE), version);
        comesAfresh(visitor, port, true);
        assertThat(listen(from(RATINGS))).isEqualTo(port);
        comesAfresh(visitor, port, false);
        comesAfresh(new Visitor(ca.svid(RATINGS), version), port, true);
    }

    /** A gateway's own certificates, with the authority of its callers in a secret. */
    @ParameterizedTest
    @MethodSource("servers")
    void theAuthorityOfAGatewaysCallersChanges(SslProvider provider, String version) throws Exception {
        engine(provider);
        Svid gateway = ca.svid("spiffe://cluster.local/ns/istio-system/sa/gateway");
        TestCa next = new TestCa();
        SecretResource.Certificate pair = new SecretResource.Certificate(Pem.encode(gateway.chain()), Pem.encode(gateway.key()));
        assertThat(engine.engine().applySecrets(List.of(new SecretResource("edge", pair, null), callers(ca)), List.of())).isEmpty();
        int port = listen(new TlsCommon(
                List.of(), new SecretRef("edge", false, false), new TlsCommon.Validation(new SecretRef("edge-cacert", false, false), List.of(), false),
                "TLSv1.2", "TLSv1.3", List.of(), List.of()));
        Visitor visitor = new Visitor(ca.svid(PRODUCTPAGE), version);
        comesAfresh(visitor, port, true);
        assertThat(engine.engine().applySecrets(List.of(callers(next)), List.of())).isEmpty();
        comesAfresh(visitor, port, false);
        comesAfresh(new Visitor(next.svid(PRODUCTPAGE), version), port, true);
    }

    private static SecretResource callers(TestCa authority) {
        return new SecretResource("edge-cacert", null, new SecretResource.Trust(Pem.encode(List.of(authority.root())), ""));
    }
}
