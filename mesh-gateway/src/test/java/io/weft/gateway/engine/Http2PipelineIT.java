package io.weft.gateway.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP/2 frames against the whole pipeline: streams of one connection go to the engine or to WebFlux. */
@Timeout(30)
class Http2PipelineIT {

    @Test
    void streamsOfOneCleartextConnection_goBothWaysAtOnce() {
        try (PipelineServer server = new PipelineServer();
                Http2Client client = new Http2Client(server.port(), null)) {
            bothWays(server, client);
        }
    }

    @Test
    void streamsOfOneTlsConnection_goBothWaysAtOnce() throws Exception {
        TestCertificate own = TestCertificate.make();
        SslContext serverTls = SslContextBuilder.forServer(own.keys().getPrivate(), own.certificate())
                .applicationProtocolConfig(PipelineServer.alpn())
                .build();
        SslContext clientTls = SslContextBuilder.forClient()
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .applicationProtocolConfig(PipelineServer.alpn())
                .build();
        try (PipelineServer server = new PipelineServer(serverTls);
                Http2Client client = new Http2Client(server.port(), clientTls)) {
            bothWays(server, client);
        }
    }

    private static void bothWays(PipelineServer server, Http2Client client) {
        String big = "x".repeat(100_000);
        List<Http2Client.Answer> engine = new ArrayList<>();
        List<Http2Client.Answer> spring = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            spring.add(client.get("/slow/" + i));
            engine.add(client.get("/mesh/" + i));
        }
        Http2Client.Answer springPost = client.post("/app", big);
        Http2Client.Answer enginePost = client.post("/mesh", big);
        for (int i = 0; i < 20; i++) {
            assertThat(engine.get(i).get()).isEqualTo("engine:/mesh/" + i + ":");
            assertThat(spring.get(i).get()).isEqualTo("spring:/slow/" + i);
        }
        assertThat(springPost.get()).isEqualTo("spring:/app:" + big);
        assertThat(enginePost.get()).isEqualTo("engine:/mesh:" + big);
        assertThat(server.springCalls).hasValue(21);
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(server.drain.open()).isZero());
    }

    @Test
    void bigAnswersOfSpringsGoOnAfterAStall_whileTheEngineHoldsStreamsOfItsOwn() {
        try (PipelineServer server = new PipelineServer();
                Http2Client client = new Http2Client(server.port(), null)) {
            client.giveConnectionWindow(64 * 1024 * 1024);
            Http2Client.Answer held = client.open("/mesh/hold");
            assertThat(client.get("/app").get()).isEqualTo("spring:/app:");
            client.reading(false);
            List<Http2Client.Answer> big = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                big.add(client.get("/big"));
            }
            await().untilAsserted(() -> assertThat(server.springCalls).hasValue(5));
            // Until the socket's buffers are full and the server's channel has become unwritable.
            await().pollDelay(Duration.ofMillis(500)).until(() -> true);
            client.reading(true);
            for (Http2Client.Answer answer : big) {
                assertThat(answer.get()).hasSize(256 * 16 * 1024);
            }
            assertThat(held.whole).isNotDone();
            assertThat(client.get("/mesh/after").get()).isEqualTo("engine:/mesh/after:");
            assertThat(client.goAway()).isNotDone();
        }
    }

    @Test
    void clientThatGoesAway_leavesNothingOpen() {
        try (PipelineServer server = new PipelineServer()) {
            try (Http2Client client = new Http2Client(server.port(), null)) {
                client.open("/app");
                client.open("/mesh/hold");
                await().untilAsserted(() -> assertThat(server.drain.open()).isEqualTo(1));
            }
            await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(server.drain.open()).isZero());
        }
    }

    @Test
    void prefaceInPieces_isStillOne() throws Exception {
        try (PipelineServer server = new PipelineServer();
                Socket socket = new Socket("127.0.0.1", server.port())) {
            ByteArrayOutputStream hello = new ByteArrayOutputStream();
            hello.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            hello.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            for (byte piece : hello.toByteArray()) {
                socket.getOutputStream().write(piece);
                socket.getOutputStream().flush();
            }
            socket.setSoTimeout(5000);
            // One SETTINGS, ours, then the acknowledgement of the client's: Reactor's codec has said nothing.
            byte[] first = socket.getInputStream().readNBytes(9);
            assertThat(first[3]).isEqualTo((byte) 4);
            socket.getInputStream().readNBytes((first[1] & 0xff) << 8 | first[2] & 0xff);
            byte[] second = socket.getInputStream().readNBytes(9);
            assertThat(second[3]).isEqualTo((byte) 4);
            assertThat(second[4]).as("ACK").isEqualTo((byte) 1);
        }
    }
}
