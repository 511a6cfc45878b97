package io.weft.sidecar.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.TestEngine;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProxyingIT {
    private TestEngine engine;

    @BeforeEach
    void start() {
        engine = new TestEngine();
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private int proxyTo(RawBackend backend) {
        engine.cluster("app", backend.port());
        return engine.listen(RouteResource.of("all", Match.prefix("/"), Forward.to("app")));
    }

    @Test
    void aGetIsAnsweredByTheBackend_andBothConnectionsAreKept() throws Exception {
        try (RawBackend backend = RawBackend.text("hello"); RawClient client = new RawClient(proxyTo(backend))) {
            for (int i = 0; i < 3; i++) {
                RawClient.Response answer = client.send("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n").read();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("hello");
                assertThat(answer.header("server")).isEqualTo("weft");
                assertThat(answer.header("x-envoy-upstream-service-time")).isNotNull();
                assertThat(answer.header("connection")).isNull();
            }
            assertThat(backend.connections()).isEqualTo(1);
            assertThat(backend.heads().get(0)).startsWith("GET /a?b=c HTTP/1.1\r\n").contains("x-request-id: ");
            assertThat(engine.log()).hasSize(3).allMatch(entry -> entry.flags().equals("-"));
        }
    }

    @Test
    void aBodyWithContentLengthAndAChunkedOneArriveWhole_trailersToo() throws Exception {
        RawBackend echo = new RawBackend((head, in, out) -> {
            byte[] body = RawBackend.body(head, in);
            out.write(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length) + "\r\n").getBytes());
            out.write(body);
            out.write("\r\n0\r\nx-end: yes\r\n\r\n".getBytes());
            return true;
        });
        try (echo; RawClient client = new RawClient(proxyTo(echo))) {
            RawClient.Response fixed =
                    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345").read();
            assertThat(fixed.body()).isEqualTo("12345x-end: yes\n");
            RawClient.Response chunked = client.send(
                            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nx-t: 1\r\n\r\n")
                    .read();
            assertThat(chunked.body()).startsWith("abcde").contains("x-t: 1").contains("x-end: yes");
            assertThat(echo.connections()).isEqualTo(1);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder_andNeverPipelinedUpstream() throws Exception {
        RawBackend backend = new RawBackend((head, in, out) -> {
            assertThat(in.available()).isZero();
            String path = head.split(" ")[1];
            out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path).getBytes());
            return true;
        });
        try (backend; RawClient client = new RawClient(proxyTo(backend))) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                all.append("GET /").append(i).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
            }
            client.send(all.toString());
            for (int i = 0; i < 20; i++) {
                assertThat(client.read().body()).isEqualTo("/" + i);
            }
        }
    }

    @Test
    void headNoContentAndNotModifiedHaveNoBody() throws Exception {
        RawBackend backend = new RawBackend((head, in, out) -> {
            String line = head.startsWith("HEAD") ? "200 OK\r\nContent-Length: 7" : head.contains("/204") ? "204 No Content" : "304 Not Modified\r\nContent-Length: 9";
            out.write(("HTTP/1.1 " + line + "\r\n\r\n").getBytes());
            return true;
        });
        try (backend; RawClient client = new RawClient(proxyTo(backend))) {
            RawClient.Response head = client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n").read(true);
            assertThat(head.header("content-length")).isEqualTo("7");
            assertThat(client.send("GET /204 HTTP/1.1\r\nHost: x\r\n\r\n").read().status()).isEqualTo(204);
            assertThat(client.send("GET /304 HTTP/1.1\r\nHost: x\r\n\r\n").read().status()).isEqualTo(304);
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @Test
    void aBodyAfterAHeadAnswerPoisonsNobody() throws Exception {
        RawBackend backend = new RawBackend((head, in, out) -> {
            String body = head.startsWith("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nevil" : "good";
            out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes());
            return true;
        });
        try (backend; RawClient client = new RawClient(proxyTo(backend))) {
            assertThat(client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n").read(true).status()).isEqualTo(200);
            assertThat(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read().body()).isEqualTo("good");
            assertThat(backend.connections()).isEqualTo(2);
        }
    }

    @Test
    void bigBodiesPassBothWays_throughBackpressure() throws Exception {
        int size = 20_000_000;
        RawBackend backend = new RawBackend((head, in, out) -> {
            if (head.startsWith("POST")) {
                int got = RawBackend.body(head, in).length;
                out.write(("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n" + got).getBytes());
            } else {
                out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n").getBytes());
                out.write(new byte[size]);
            }
            return true;
        });
        try (backend; RawClient client = new RawClient(proxyTo(backend))) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + size + "\r\n\r\n");
            client.socket().getOutputStream().write(new byte[size]);
            assertThat(client.read().body()).isEqualTo("20000000");
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.read().body()).hasSize(size);
        }
    }

    @Test
    void expectContinueIsAnsweredByTheProxy() throws Exception {
        RawBackend backend = new RawBackend((head, in, out) -> {
            assertThat(head.toLowerCase(Locale.ROOT)).doesNotContain("expect");
            byte[] body = RawBackend.body(head, in);
            out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes());
            out.write(body);
            return true;
        });
        try (backend; RawClient client = new RawClient(proxyTo(backend))) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(100);
            assertThat(client.send("abc").read().body()).isEqualTo("abc");
        }
    }

    @Test
    void hopByHopFieldsGo_andWhatConnectionNamesGoesWithThem() throws Exception {
        try (RawBackend backend = RawBackend.fixed("HTTP/1.1 200 OK\r\nConnection: x-secret\r\nKeep-Alive: 5\r\nx-secret: 1\r\nContent-Length: 0\r\n\r\n");
                RawClient client = new RawClient(proxyTo(backend))) {
            RawClient.Response answer = client.send(
                            "GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, x-mine\r\nx-mine: 1\r\nKeep-Alive: 3\r\nTE: gzip\r\nProxy-Connection: a\r\n\r\n")
                    .read();
            assertThat(answer.header("x-secret")).isNull();
            assertThat(answer.header("keep-alive")).isNull();
            assertThat(backend.heads().get(0).toLowerCase(Locale.ROOT))
                    .doesNotContain("x-mine", "keep-alive", "te:", "proxy-connection", "connection:");
        }
    }

    @Test
    void aWebSocketIsTunnelledBothWays_untilBothSidesHaveEnded() throws Exception {
        RawBackend backend = new RawBackend((head, in, out) -> {
            assertThat(head.toLowerCase(Locale.ROOT)).contains("upgrade: websocket").contains("connection: upgrade");
            out.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhi".getBytes());
            byte[] got = in.readNBytes(4);
            out.write(got);
            return false;
        });
        try (backend; RawClient client = new RawClient(proxyTo(backend))) {
            client.send("GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(101);
            assertThat(client.bytes(2)).isEqualTo("hi");
            client.send("ping");
            assertThat(client.bytes(4)).isEqualTo("ping");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aTunnelThatEndsBehindMoreThanTheSocketsHold_losesNothing() throws Exception {
        int size = 8 << 20;
        RawBackend backend = new RawBackend((head, in, out) -> {
            out.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n".getBytes());
            out.write(new byte[size]);
            return false;
        });
        try (backend; RawClient client = new RawClient(proxyTo(backend))) {
            client.send("GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(101);
            assertThat(client.bytes(size)).hasSize(size);
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aBackendThatClosesIdleConnectionsFailsNoRequest() throws Exception {
        try (RawBackend backend = RawBackend.text("x"); RawClient client = new RawClient(proxyTo(backend))) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read().status()).isEqualTo(200);
                backend.hangUp();
                await().until(() -> engine.engine().clusters().get(0).endpoints().get(0).activeConnections() == 0);
            }
        }
    }

    @Test
    void anEarlyAnswerToAnUnfinishedRequestReachesTheClient() throws Exception {
        RawBackend backend = new RawBackend((head, in, out) -> {
            out.write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno".getBytes());
            return false;
        });
        try (backend; RawClient client = new RawClient(proxyTo(backend))) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc");
            assertThat(client.read().body()).isEqualTo("no");
        }
    }

    @Test
    void http10AsksForAnUpgrade_unlessAccepted() throws Exception {
        try (RawBackend backend = RawBackend.text("x"); RawClient client = new RawClient(proxyTo(backend))) {
            assertThat(client.send("GET / HTTP/1.0\r\nHost: x\r\n\r\n").read().status()).isEqualTo(426);
            assertThat(client.closed()).isTrue();
            assertThat(backend.heads()).isEmpty();
        }
    }

    @Test
    void connectionCloseIsObeyed() throws Exception {
        try (RawBackend backend = RawBackend.text("x"); RawClient client = new RawClient(proxyTo(backend))) {
            RawClient.Response answer = client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").read();
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.closed()).isTrue();
        }
    }
}
