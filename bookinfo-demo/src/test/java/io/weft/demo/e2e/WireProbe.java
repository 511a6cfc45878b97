package io.weft.demo.e2e;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** A stranger's view of a sidecar's inbound port: sockets and the JDK's TLS, no certificate. */
final class WireProbe {

    private WireProbe() {}

    /** The leaf certificate that the server on a loopback port shows to a client that asks as a mesh peer does. */
    static X509Certificate certificateShownAt(int port) throws Exception {
        Recorder recorder = new Recorder();
        try (SSLSocket socket = connect(port, recorder)) {
            socket.startHandshake();
        } catch (IOException refusedForLackOfAClientCertificate) {
            if (recorder.leaf == null) {
                throw refusedForLackOfAClientCertificate;
            }
        }
        return recorder.leaf;
    }

    static String plainGet(int port, String host, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return exchange(socket, host, path);
        }
    }

    static String tlsGetWithoutCertificate(int port, String host, String path) throws IOException {
        try (SSLSocket socket = connect(port, new Recorder())) {
            socket.startHandshake();
            return exchange(socket, host, path);
        }
    }

    private static String exchange(Socket socket, String host, String path) throws IOException {
        socket.setSoTimeout(10_000);
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (answer.isEmpty()) {
            throw new EOFException("closed without an answer");
        }
        return answer;
    }

    private static SSLSocket connect(int port, Recorder recorder) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {recorder}, null);
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(10_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"istio", "istio-http/1.1"});
            socket.setSSLParameters(parameters);
            return socket;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Accepts every server and remembers what it showed. */
    private static final class Recorder implements X509TrustManager {

        private @Nullable X509Certificate leaf;

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new UnsupportedOperationException("a client's trust manager");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            leaf = chain[0];
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
