package io.weft.sidecar.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.Pem;
import io.weft.sidecar.identity.TestCa;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.SecretResource;
import io.weft.sidecar.resource.TlsCommon;
import io.weft.sidecar.resource.TlsCommon.SecretRef;
import io.weft.sidecar.resource.UpstreamTlsResource;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.TestEngine;
import io.weft.sidecar.tls.TlsContexts;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** TLS to hosts that a wildcard stands for: the server must be the one that the request asked for. */
class OriginationIT {
    private static final String MESH_ID = "spiffe://cluster.local/ns/default/sa/productpage";

    private final TestCa ca = new TestCa();
    private TestEngine engine;
    private int port;

    @BeforeEach
    void start() {
        engine = new TestEngine(new TlsContexts(IdentitySource.fixed(ca.svid(MESH_ID))));
        SecretResource roots = new SecretResource("roots", null, new SecretResource.Trust(Pem.encode(List.of(ca.root())), ""));
        TlsCommon common = new TlsCommon(
                List.of("http/1.1"),
                null,
                new TlsCommon.Validation(new SecretRef("roots", false, true), List.of(), false),
                "TLSv1.2",
                "TLSv1.3",
                List.of(),
                List.of(roots));
        engine.cluster(ClusterResource.of("wildcard", ClusterResource.Type.DYNAMIC_FORWARD_PROXY, null)
                .withTls(new UpstreamTlsResource(common, "", true, true), List.of()));
        port = engine.listen(RouteResource.of("r", Match.prefix("/"), Forward.to("wildcard")));
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void theNameThatWasAskedForIsTheOneThatIsChecked() throws Exception {
        try (TlsServer server = new TlsServer(TestCa.dns("localhost"))) {
            assertThat(get("localhost:" + server.port()).status()).isEqualTo(200);
            assertThat(get("127.0.0.1:" + server.port()).status()).as("an address is a name too").isEqualTo(503);
        }
        try (TlsServer server = new TlsServer(new GeneralName(GeneralName.iPAddress, "127.0.0.1"))) {
            assertThat(get("127.0.0.1:" + server.port()).status()).isEqualTo(200);
        }
    }

    /** Any holder of a certificate of the same authority could stand in for any host otherwise. */
    @Test
    void aServerWithAnotherName_isNotBelieved() throws Exception {
        try (TlsServer server = new TlsServer(TestCa.dns("elsewhere.example"))) {
            assertThat(get("localhost:" + server.port()).status()).isEqualTo(503);
        }
        assertThat(engine.log()).allSatisfy(seen -> assertThat(seen.flags()).isEqualTo("UF"));
    }

    private RawClient.Response get(String authority) throws IOException {
        try (RawClient client = new RawClient(port)) {
            return client.send("GET / HTTP/1.1\r\nHost: " + authority + "\r\n\r\n").read();
        }
    }

    /** Answers every connection's first request. */
    private final class TlsServer implements AutoCloseable {
        private final SSLServerSocket listening;

        TlsServer(GeneralName name) throws Exception {
            KeyPair keys = TestCa.keys();
            X509Certificate leaf = ca.leaf(keys.getPublic(), Instant.now().minusSeconds(60), Duration.ofHours(1), name);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", keys.getPrivate(), new char[0], ca.chain(leaf).toArray(X509Certificate[]::new));
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            listening = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
            Thread thread = new Thread(this::serve, "tls-server");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return listening.getLocalPort();
        }

        private void serve() {
            while (!listening.isClosed()) {
                try (Socket socket = listening.accept()) {
                    InputStream in = socket.getInputStream();
                    int lines = 0;
                    for (int b = in.read(); b >= 0 && lines < 2; b = in.read()) {
                        lines = b == '\n' ? lines + 1 : b == '\r' ? lines : 0;
                        if (lines == 2) {
                            break;
                        }
                    }
                    socket.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException refusedOrClosed) {
                    // The client has not believed us, or the test is over: the loop's condition says which.
                    continue;
                }
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }
}
