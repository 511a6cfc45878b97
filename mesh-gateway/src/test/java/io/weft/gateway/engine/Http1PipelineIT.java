package io.weft.gateway.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Raw sockets against the whole HTTP/1.1 pipeline: engine and WebFlux on one connection. */
@Timeout(30)
class Http1PipelineIT {

    private PipelineServer server;
    private Socket socket;
    private InputStream in;

    @BeforeEach
    void connect() throws IOException {
        server = new PipelineServer();
        socket = new Socket("127.0.0.1", server.port());
        socket.setSoTimeout(5000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        server.close();
    }

    @Test
    void keepAliveAlternatesBetweenEngineAndSpring() throws IOException {
        for (int i = 0; i < 20; i++) {
            send(get("/mesh/" + i));
            assertThat(answer()).isEqualTo("engine:/mesh/" + i + ":");
            send(get("/app/" + i));
            assertThat(answer()).isEqualTo("spring:/app/" + i + ":");
        }
        assertThat(server.springCalls).hasValue(20);
        await().untilAsserted(() -> assertThat(server.drain.open()).isZero());
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder_whoeverIsSlower() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            all.append(get("/slow/" + i)).append(get("/mesh/" + i)).append(get("/mesh/slow/" + i)).append(get("/app/" + i));
        }
        send(all.toString());
        for (int i = 0; i < 8; i++) {
            assertThat(answer()).isEqualTo("spring:/slow/" + i);
            assertThat(answer()).isEqualTo("engine:/mesh/" + i + ":");
            assertThat(answer()).isEqualTo("engine:/mesh/slow/" + i + ":");
            assertThat(answer()).isEqualTo("spring:/app/" + i + ":");
        }
    }

    @Test
    void bodiesReachTheOneTheyAreMeantFor_alsoInChunksAndInPieces() throws Exception {
        String big = "x".repeat(200_000);
        send(post("/mesh", big) + post("/app", big));
        assertThat(answer()).isEqualTo("engine:/mesh:" + big);
        assertThat(answer()).isEqualTo("spring:/app:" + big);
        String chunked = " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        send("POST /app" + chunked + "POST /mesh" + chunked);
        assertThat(answer()).isEqualTo("spring:/app:abcde");
        assertThat(answer()).isEqualTo("engine:/mesh:abcde");
        for (byte piece : (post("/app", "tiny") + post("/mesh", "tiny")).getBytes(StandardCharsets.US_ASCII)) {
            socket.getOutputStream().write(piece);
            socket.getOutputStream().flush();
        }
        assertThat(answer()).isEqualTo("spring:/app:tiny");
        assertThat(answer()).isEqualTo("engine:/mesh:tiny");
    }

    @Test
    void expectContinueIsAnsweredByWhoReadsTheBody() throws IOException {
        for (String path : new String[] {"/mesh", "/app", "/mesh"}) {
            send("POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(head()).startsWith("HTTP/1.1 100");
            send("hi");
            assertThat(answer()).endsWith(":hi");
        }
    }

    @Test
    void answerBeforeTheEndOfTheRequest_leavesTheConnectionUsableOrClosed() throws IOException {
        send("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
        assertThat(head()).startsWith("HTTP/1.1 413");
        assertThat(new String(in.readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("spring:early");
        send("67890" + get("/mesh/next"));
        assertThat(answer()).isEqualTo("engine:/mesh/next:");
        send(get("/app/next"));
        assertThat(answer()).isEqualTo("spring:/app/next:");
    }

    @Test
    void webSocketThroughSpring() throws IOException {
        send(get("/mesh/before"));
        assertThat(answer()).startsWith("engine:");
        send(upgrade("/ws"));
        assertThat(head()).startsWith("HTTP/1.1 101");
        for (String word : new String[] {"one", "two"}) {
            sendFrame(word);
            assertThat(frame()).isEqualTo("spring:" + word);
        }
        assertThat(server.drain.open()).isEqualTo(1);
        socket.close();
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(server.drain.open()).isZero());
    }

    @Test
    void upgradeToSpringThatIsNoWebSocket_isAnOrdinaryRequest() throws IOException {
        send(upgrade("/app/no-ws") + get("/mesh/after"));
        assertThat(answer()).isEqualTo("spring:/app/no-ws:");
        assertThat(answer()).isEqualTo("engine:/mesh/after:");
        send("GET /app HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n");
        assertThat(answer()).isEqualTo("spring:/app:");
    }

    @Test
    void webSocketThroughTheEngine() throws IOException {
        send(get("/app/before"));
        assertThat(answer()).startsWith("spring:");
        send(upgrade("/mesh/ws"));
        assertThat(head()).startsWith("HTTP/1.1 101");
        send("any bytes");
        assertThat(new String(in.readNBytes(9), StandardCharsets.US_ASCII)).isEqualTo("any bytes");
        assertThat(server.springCalls).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /app HTTP/1.1\r\n\r\n",
                "GET /app HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "POST /app HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "GET /app HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n",
                "GET /app HTTP/2.0\r\nHost: a\r\n\r\n",
                "GET /app#x HTTP/1.1\r\nHost: a\r\n\r\n"
            })
    void badRequestNeverReachesSpring_andComesAfterTheAnswersBeforeIt(String bad) throws IOException {
        send(get("/slow") + bad + get("/app/smuggled"));
        assertThat(answer()).isEqualTo("spring:/slow");
        assertThat(head()).startsWith("HTTP/1.1 400");
        assertThat(in.read()).isEqualTo(-1);
        assertThat(server.springCalls).hasValue(1);
    }

    @Test
    void bigAnswerOfSpringsToASlowReader_isWhole() throws IOException {
        send(get("/big") + get("/mesh/after"));
        String head = head();
        assertThat(head).contains("transfer-encoding: chunked");
        int length = 0;
        for (int chunk = chunkSize(); chunk > 0; chunk = chunkSize()) {
            length += in.readNBytes(chunk).length;
            in.readNBytes(2);
        }
        in.readNBytes(2);
        assertThat(length).isEqualTo(256 * 16 * 1024);
        assertThat(answer()).isEqualTo("engine:/mesh/after:");
    }

    @Test
    void connectionCloseIsKept() throws IOException {
        send("GET /app HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + get("/app/late"));
        assertThat(answer()).isEqualTo("spring:/app:");
        assertThat(in.read()).isEqualTo(-1);
        assertThat(server.springCalls).hasValue(1);
    }

    @Test
    void whileDraining_springsAnswersEndTheirConnection() throws IOException {
        send(get("/app/1"));
        assertThat(answer()).isEqualTo("spring:/app/1:");
        server.drain.start();
        send(get("/app/2"));
        String head = head();
        assertThat(head).contains("connection: close");
        assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("spring:/app/2:");
    }

    @Test
    void clientThatGoesAwayInTheMiddle_leavesNothingOpen() throws IOException {
        send("POST /app HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
        await().untilAsserted(() -> assertThat(server.drain.open()).isEqualTo(1));
        socket.setSoLinger(true, 0);
        socket.close();
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(server.drain.open()).isZero());
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static String post(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String upgrade(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    }

    private void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new AssertionError("end of stream in the middle of a line: " + line);
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.US_ASCII).stripTrailing();
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line = line(); !line.isEmpty(); line = line()) {
            head.append(line).append('\n');
        }
        return head.toString();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private String answer() throws IOException {
        String head = head();
        assertThat(head).startsWith("HTTP/1.1 200");
        int length = head.lines()
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no content-length: " + head));
        return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    }

    private void sendFrame(String text) throws IOException {
        byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
        byte[] mask = {1, 2, 3, 4};
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(0x81);
        frame.write(0x80 | payload.length);
        frame.write(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ mask[i % 4]);
        }
        socket.getOutputStream().write(frame.toByteArray());
        socket.getOutputStream().flush();
    }

    private String frame() throws IOException {
        assertThat(in.read()).isEqualTo(0x81);
        int length = in.read();
        return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    }
}
