package io.weft.telemetry.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.telemetry.RunningTelemetry;
import io.weft.telemetry.TestPki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** How many may come at a time, and with which certificate they are met. */
@ExtendWith(OutputCaptureExtension.class)
class LimitsIT {

    private static final TestPki PKI = RunningTelemetry.PKI;

    @TempDir
    Path home;

    private RunningTelemetry telemetry;
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void start() {
        telemetry = new RunningTelemetry(home, "weft.telemetry.max-connections=3", "weft.telemetry.certs-reload=50ms");
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        telemetry.close();
    }

    private Socket open(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        sockets.add(socket);
        return socket;
    }

    /** A server of HTTP/2 speaks first, by its settings. */
    private boolean isServed(int port) throws IOException {
        Socket socket = open(port);
        try {
            socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
            return socket.getInputStream().read() >= 0;
        } catch (IOException reset) {
            return false;
        }
    }

    @Test
    void connections_areBounded_andComeFreeAgain() throws Exception {
        int port = telemetry.grpc().plaintextPort();
        for (int i = 0; i < 3; i++) {
            assertThat(isServed(port)).isTrue();
        }
        assertThat(isServed(port)).as("the fourth").isFalse();

        sockets.get(0).close();
        await().until(() -> isServed(port));
    }

    private void beginUpload() throws IOException {
        open(telemetry.port())
                .getOutputStream()
                .write("POST /api/v2/spans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n["
                        .getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void uploads_areBounded_andComeFreeAgain(CapturedOutput output) throws Exception {
        byte[] body = "[]".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 15; i++) {
            beginUpload();
        }
        // One more each time: the probe itself may have taken the place of one, which was refused then.
        await().untilAsserted(() -> {
            beginUpload();
            assertThat(telemetry.post("/api/v2/spans", body, "Content-Type", "application/json").statusCode())
                    .isEqualTo(429);
        });

        for (Socket socket : sockets) {
            socket.close();
        }
        await().untilAsserted(() -> assertThat(
                        telemetry.post("/api/v2/spans", body, "Content-Type", "application/json").statusCode())
                .isEqualTo(202));
        assertThat(output.getAll()).as("clients that went are no errors of ours").doesNotContain("ERROR").doesNotContain("\tat ");
    }

    @Test
    void aNewCertificate_isShownToWhoComesNext() throws Exception {
        telemetry.isReady();
        assertThat(shown()).isEqualTo(PKI.workload("istio-system", "mesh-telemetry").certificate());

        PKI.write(home.resolve("run/mesh-telemetry/certs"), "istio-system", "mesh-telemetry-renewed");

        await().untilAsserted(() ->
                assertThat(shown()).isEqualTo(PKI.workload("istio-system", "mesh-telemetry-renewed").certificate()));
    }

    private Certificate shown() throws Exception {
        TestPki.Leaf client = PKI.workload("default", "client");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", client.keys().getPrivate(), new char[0], new Certificate[] {client.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        anchors.setCertificateEntry("root", PKI.root());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(anchors);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), telemetry.grpc().tlsPort())) {
            socket.setSoTimeout(10_000);
            // A gRPC server hangs up on whoever does not offer HTTP/2.
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }
}
