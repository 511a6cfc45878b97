package io.weft.demo.e2e;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An app that speaks TLS of its own to who begins with it, and HTTP to others. It answers one request of each connection: how it came, and its head. */
final class OwnTlsApp implements AutoCloseable {

    private static final int TLS_HANDSHAKE = 22;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final X509Certificate certificate;
    private final SSLContext tls;

    OwnTlsApp() throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        certificate = selfSigned(keys);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", keys.getPrivate(), new char[0], new X509Certificate[] {certificate});
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, new char[0]);
        tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        daemon(this::accept);
    }

    private static X509Certificate selfSigned(KeyPair keys) throws GeneralSecurityException {
        X500Name name = new X500Name("CN=own.example.com");
        Instant now = Instant.now();
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(new JcaX509v3CertificateBuilder(
                                    name, BigInteger.ONE, Date.from(now.minus(Duration.ofHours(1))), Date.from(now.plus(Duration.ofHours(1))), name, keys.getPublic())
                            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("this JVM cannot sign with ECDSA", e);
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "own-tls-app");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            int first = socket.getInputStream().read();
            if (first == TLS_HANDSHAKE) {
                serveTls(socket, first);
            } else if (first >= 0) {
                answer(socket, "in the clear");
            }
        } catch (IOException closed) {
            // by the client, or by the sidecar's probe of the port
        }
    }

    private void serveTls(Socket socket, int first) throws IOException {
        InputStream consumed = new ByteArrayInputStream(new byte[] {(byte) first});
        try (SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(socket, consumed, true)) {
            secure.setHandshakeApplicationProtocolSelector((any, offered) -> offered.get(0));
            secure.startHandshake();
            answer(secure, "own TLS, ALPN '" + secure.getApplicationProtocol() + "'");
        }
    }

    private static void answer(Socket socket, String how) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                return;
            }
            head.append((char) b);
        }
        String body = how + "\n" + head;
        socket.getOutputStream()
                .write(("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body)
                        .getBytes(StandardCharsets.ISO_8859_1));
    }

    int port() {
        return server.getLocalPort();
    }

    X509Certificate certificate() {
        return certificate;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
