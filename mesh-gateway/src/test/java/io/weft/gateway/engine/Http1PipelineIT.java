package io.weft.gateway.engine;

import static io.weft.gateway.engine.RawHttp.get;
import static io.weft.gateway.engine.RawHttp.post;
import static io.weft.gateway.engine.RawHttp.upgrade;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
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
    private RawHttp client;

    @BeforeEach
    void connect() throws IOException {
        server = new PipelineServer();
        client = new RawHttp(server.port());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void keepAliveAlternatesBetweenEngineAndSpring() throws IOException {
        for (int i = 0; i < 20; i++) {
            client.send(get("/mesh/" + i));
            assertThat(client.ok()).isEqualTo("engine:/mesh/" + i + ":");
            client.send(get("/app/" + i));
            assertThat(client.ok()).isEqualTo("spring:/app/" + i + ":");
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
        client.send(all.toString());
        for (int i = 0; i < 8; i++) {
            assertThat(client.ok()).isEqualTo("spring:/slow/" + i);
            assertThat(client.ok()).isEqualTo("engine:/mesh/" + i + ":");
            assertThat(client.ok()).isEqualTo("engine:/mesh/slow/" + i + ":");
            assertThat(client.ok()).isEqualTo("spring:/app/" + i + ":");
        }
    }

    @Test
    void bodiesReachTheOneTheyAreMeantFor_alsoInChunksAndInPieces() throws Exception {
        String big = "x".repeat(200_000);
        client.send(post("/mesh", big) + post("/app", big));
        assertThat(client.ok()).isEqualTo("engine:/mesh:" + big);
        assertThat(client.ok()).isEqualTo("spring:/app:" + big);
        String chunked = " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        client.send("POST /app" + chunked + "POST /mesh" + chunked);
        assertThat(client.ok()).isEqualTo("spring:/app:abcde");
        assertThat(client.ok()).isEqualTo("engine:/mesh:abcde");
        for (byte piece : (post("/app", "tiny") + post("/mesh", "tiny")).getBytes(StandardCharsets.US_ASCII)) {
            client.send(String.valueOf((char) piece));
        }
        assertThat(client.ok()).isEqualTo("spring:/app:tiny");
        assertThat(client.ok()).isEqualTo("engine:/mesh:tiny");
    }

    @Test
    void expectContinueIsAnsweredByWhoReadsTheBody() throws IOException {
        for (String path : new String[] {"/mesh", "/app", "/mesh"}) {
            client.send("POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 100");
            client.send("hi");
            assertThat(client.ok()).endsWith(":hi");
        }
    }

    @Test
    void answerBeforeTheEndOfTheRequest_leavesTheConnectionUsableOrClosed() throws IOException {
        client.send("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
        assertThat(client.head()).startsWith("HTTP/1.1 413");
        assertThat(client.bytes(12)).isEqualTo("spring:early");
        client.send("67890" + get("/mesh/next"));
        assertThat(client.ok()).isEqualTo("engine:/mesh/next:");
        client.send(get("/app/next"));
        assertThat(client.ok()).isEqualTo("spring:/app/next:");
    }

    @Test
    void webSocketThroughSpring() throws IOException {
        client.send(get("/mesh/before"));
        assertThat(client.ok()).startsWith("engine:");
        client.send(upgrade("/ws"));
        assertThat(client.head()).startsWith("HTTP/1.1 101");
        for (String word : new String[] {"one", "two"}) {
            client.sendFrame(word);
            assertThat(client.frame()).isEqualTo("spring:" + word);
        }
        assertThat(server.drain.open()).isEqualTo(1);
        client.close();
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(server.drain.open()).isZero());
    }

    @Test
    void upgradeToSpringThatIsNoWebSocket_isAnOrdinaryRequest() throws IOException {
        client.send(upgrade("/app/no-ws") + get("/mesh/after"));
        assertThat(client.ok()).isEqualTo("spring:/app/no-ws:");
        assertThat(client.ok()).isEqualTo("engine:/mesh/after:");
        client.send("GET /app HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n");
        assertThat(client.ok()).isEqualTo("spring:/app:");
    }

    @Test
    void webSocketThroughTheEngine() throws IOException {
        client.send(get("/app/before"));
        assertThat(client.ok()).startsWith("spring:");
        client.send(upgrade("/mesh/ws"));
        assertThat(client.head()).startsWith("HTTP/1.1 101");
        client.send("any bytes");
        assertThat(client.bytes(9)).isEqualTo("any bytes");
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
        client.send(get("/slow") + bad + get("/app/smuggled"));
        assertThat(client.ok()).isEqualTo("spring:/slow");
        assertThat(client.head()).startsWith("HTTP/1.1 400");
        assertThat(client.rest()).isEmpty();
        assertThat(server.springCalls).hasValue(1);
    }

    @Test
    void bigAnswerOfSpringsToASlowReader_isWhole() throws IOException {
        client.send(get("/big") + get("/mesh/after"));
        RawHttp.Answer big = client.answer();
        assertThat(big.head()).contains("transfer-encoding: chunked");
        assertThat(big.body()).hasSize(256 * 16 * 1024);
        assertThat(client.ok()).isEqualTo("engine:/mesh/after:");
    }

    @Test
    void connectionCloseIsKept() throws IOException {
        client.send("GET /app HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + get("/app/late"));
        assertThat(client.ok()).isEqualTo("spring:/app:");
        assertThat(client.rest()).isEmpty();
        assertThat(server.springCalls).hasValue(1);
    }

    @Test
    void whileDraining_springsAnswersEndTheirConnection() throws IOException {
        client.send(get("/app/1"));
        assertThat(client.ok()).isEqualTo("spring:/app/1:");
        server.drain.start();
        client.send(get("/app/2"));
        String head = client.head();
        assertThat(head).contains("connection: close");
        assertThat(client.rest()).isEqualTo("spring:/app/2:");
    }

    @Test
    void clientThatGoesAwayInTheMiddle_leavesNothingOpen() throws IOException {
        client.send("POST /app HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
        await().untilAsserted(() -> assertThat(server.drain.open()).isEqualTo(1));
        client.reset();
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(server.drain.open()).isZero());
    }
}
