package io.weft.sidecar.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.identity.TestCa;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.testing.MeshTls;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.SocketServer;
import io.weft.sidecar.testing.TestEngine;
import io.weft.sidecar.tls.TlsContexts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An app that speaks TLS of its own behind a sidecar: under PERMISSIVE its clients reach it as if the sidecar were not there, and the mesh does so too. */
class TlsPassthroughIT {
    private static final String CLIENT = "spiffe://cluster.local/ns/default/sa/productpage";
    private static final String SERVER = "spiffe://cluster.local/ns/default/sa/reviews";
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: reviews\r\nConnection: close\r\n\r\n";
    private static final int TLS_HANDSHAKE = 22;

    private final TestCa mesh = new TestCa();
    /** Of an authority that the mesh does not know. */
    private final Svid own = new TestCa().svid("spiffe://elsewhere.example/ns/default/sa/app");
    private final AtomicInteger connections = new AtomicInteger();
    private SSLContext ownTls;
    private SocketServer app;
    private TestEngine client;
    private TestEngine server;

    @BeforeEach
    void start() throws Exception {
        ownTls = MeshTls.context(own);
        app = SocketServer.start(this::answer);
        client = new TestEngine(new TlsContexts(IdentitySource.fixed(mesh.svid(CLIENT))));
        server = new TestEngine(new TlsContexts(IdentitySource.fixed(mesh.svid(SERVER))));
        server.cluster("inbound|9080||", app.port());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        app.close();
    }

    /** TLS to who begins with it, and says what was agreed on; plain HTTP to others. */
    private void answer(Socket socket) throws IOException {
        connections.incrementAndGet();
        int first = socket.getInputStream().read();
        if (first != TLS_HANDSHAKE) {
            answer(socket, "in the clear");
            return;
        }
        InputStream consumed = new ByteArrayInputStream(new byte[] {(byte) first});
        try (SSLSocket tls = (SSLSocket) ownTls.getSocketFactory().createSocket(socket, consumed, true)) {
            tls.setHandshakeApplicationProtocolSelector((any, offered) -> offered.get(0));
            tls.startHandshake();
            answer(tls, "own " + tls.getSession().getProtocol() + " " + tls.getApplicationProtocol());
        }
    }

    private static void answer(Socket socket, String body) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                return;
            }
            head.append((char) b);
        }
        socket.getOutputStream()
                .write(("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
    }

    private SSLSocket connect(int port, String version, String... alpn) throws IOException {
        SSLSocket socket = (SSLSocket) ownTls.getSocketFactory().createSocket(SocketServer.connect(port), "127.0.0.1", port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        parameters.setApplicationProtocols(alpn);
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static String get(int port) throws IOException {
        try (RawClient raw = new RawClient(port)) {
            return raw.send(REQUEST).read().body();
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3,,''", "TLSv1.3,h2,h2", "TLSv1.3,h2 http/1.1,h2", "TLSv1.2,,''", "TLSv1.2,http/1.1,http/1.1"})
    void permissive_aTlsClientSeesTheAppsCertificate_andIsAnsweredByIt(String version, String offered, String agreed) throws Exception {
        int inbound = MeshPeers.inbound(server, true);
        try (SSLSocket socket = connect(inbound, version, offered == null ? new String[0] : offered.split(" "))) {
            socket.startHandshake();
            assertThat(socket.getSession().getPeerCertificates()[0]).isEqualTo(own.chain().get(0));
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("own " + version + " " + agreed);
        }
    }

    @Test
    void permissive_meshAndPlaintextGoOnBesideIt() throws Exception {
        int inbound = MeshPeers.inbound(server, true);
        client.cluster(MeshPeers.cluster(ClusterResource.HttpProtocol.HTTP2, SERVER, inbound));
        int outbound = client.listen(RouteResource.of("r", Match.prefix("/"), Forward.to("reviews")));
        try (SSLSocket open = connect(inbound, "TLSv1.3")) {
            open.startHandshake();
            assertThat(get(outbound)).isEqualTo("in the clear");
            assertThat(get(inbound)).isEqualTo("in the clear");
            open.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(open.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)).endsWith("own TLSv1.3 ");
        }
    }

    /** The app is not asked whether it would have spoken TLS with a stranger. */
    @Test
    void strict_closesOtherTls() throws Exception {
        int inbound = MeshPeers.inbound(server, false);
        for (String[] alpn : List.of(new String[0], new String[] {"h2"})) {
            try (SSLSocket socket = connect(inbound, "TLSv1.3", alpn)) {
                assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
            }
        }
        assertThat(connections).hasValue(0);
    }
}
