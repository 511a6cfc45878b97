package io.weft.sidecar.tls;

import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.testing.MeshTls;
import io.weft.sidecar.testing.SocketServer;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

/** A client that keeps its sessions, and offers the last one when it comes again. It believes any server, and counts how often it was asked to. */
final class Visitor {
    private final AtomicInteger handshakes = new AtomicInteger();
    private final SSLContext context;
    private final String version;

    Visitor(Svid svid, String version) throws GeneralSecurityException, IOException {
        this.context = MeshTls.context(svid, new Counting());
        this.version = version;
    }

    /** Whether a byte that it sends comes back. */
    boolean letIn(int port) throws IOException {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(SocketServer.connect(port), "127.0.0.1", port, true)) {
            socket.setEnabledProtocols(new String[] {version});
            socket.startHandshake();
            socket.getOutputStream().write(7);
            return socket.getInputStream().read() == 7;
        } catch (SSLException | SocketException closed) {
            return false;
        }
    }

    /** How often a server showed its certificate: one that takes up a session again does not. */
    int handshakes() {
        return handshakes.get();
    }

    private final class Counting extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
            handshakes.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            handshakes.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            handshakes.incrementAndGet();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
            throw new IllegalStateException("no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            throw new IllegalStateException("no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new IllegalStateException("no server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
