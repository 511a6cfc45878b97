package io.weft.sidecar.http.h2;

import static io.weft.sidecar.http.h2.RawClient.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2PriorityFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2SettingsFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.weft.sidecar.http.Downstream;
import io.weft.sidecar.http.HttpService;
import io.weft.sidecar.http.RequestEvents;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.HttpManagerResource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Http2ServerTest {

    private final AnsweringService service = new AnsweringService();
    private final AtomicInteger begun = new AtomicInteger();
    private final TestLoops loops = new TestLoops();
    private final int port = loops.serve(new Counting());
    private final RawClient client = RawClient.to(loops, port);

    /** Counts what passes the codec. */
    private final class Counting implements HttpService {
        @Override
        public RequestEvents begin(Downstream downstream, RequestHead head, boolean end) {
            begun.incrementAndGet();
            return service.begin(downstream, head, end);
        }

        @Override
        public HttpManagerResource settings() {
            return service.settings();
        }

        @Override
        public boolean draining() {
            return service.draining();
        }
    }

    @AfterEach
    void stop() {
        client.close();
        loops.close();
    }

    static Stream<Http2Headers> malformed() {
        return Stream.of(
                new DefaultHttp2Headers(false).scheme("http").authority("a").path("/"),
                new DefaultHttp2Headers(false).method("GET").authority("a").path("/"),
                new DefaultHttp2Headers(false).method("GET").scheme("http").authority("a"),
                new DefaultHttp2Headers(false).method("GET").scheme("http").authority("a").path(""),
                get("/").add(":path", "/b"), get("/").add(":authority", "b"), get("/").add(":odd", "b"), get("/").add(":status", "200"),
                get("/").add("Upper", "b"), get("/").add("connection", "close"), get("/").add("keep-alive", "1"),
                get("/").add("transfer-encoding", "chunked"), get("/").add("upgrade", "h2c"), get("/").add("proxy-connection", "x"),
                get("/").add("te", "gzip"), get("/").add("a b", "c"), get("/").add("a", "b\nc"), get("/").add("a", "b\0"), get("/").add("a", " b"),
                get("/").add("content-length", "+1"), get("/").add("content-length", "1").add("content-length", "1"),
                get("/").method("G T"), get("/").method(""), get("/").add(":protocol", "websocket"));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void aMalformedHeadIsAStreamError_andTheConnectionLives(Http2Headers headers) throws InterruptedException {
        client.request(headers, true);
        assertThat(client.next()).isEqualTo("reset " + Http2Error.PROTOCOL_ERROR.code());
        client.request(get("/after"), true);
        assertThat(client.next()).isEqualTo("status 200");
        assertThat(begun).hasValue(1);
    }

    @Test
    void whatHttp1RefusesIsRefusedWithTheSameStatus() throws InterruptedException {
        Http2Headers many = get("/");
        for (int i = 0; i < 101; i++) {
            many.add("a", "b");
        }
        Object[][] table = {
            {get("/").authority("u@a"), 400}, {get("/").authority("a b"), 400}, {get("/a#b"), 400}, {get("/\u00e4"), 400}, {get("a"), 400}, {get("*"), 400},
            {get("/").add("host", "other"), 400}, {get("/").scheme("ftp"), 400}, {get("/" + "a".repeat(8200)), 414}, {many, 431},
            {new DefaultHttp2Headers(false).method("GET").scheme("http").path("/"), 400},
            {new DefaultHttp2Headers(false).method("CONNECT").authority("a:443"), 400},
        };
        for (Object[] row : table) {
            client.request((Http2Headers) row[0], true);
            assertThat(client.next()).isEqualTo("status " + row[1]);
        }
        assertThat(begun).hasValue(0);
    }

    @Test
    void hostStandsInForAuthority() throws InterruptedException {
        client.request(new DefaultHttp2Headers(false).method("GET").scheme("http").path("/x").add("host", "b.example"), true);
        assertThat(client.next()).isEqualTo("status 200");
        assertThat(client.next()).isEqualTo("data GET b.example /x 0");
    }

    @Test
    void bodiesAndTrailersAreRead_andABodyOfTheWrongLengthIsAStreamError() throws InterruptedException {
        Http2FrameStream stream = client.request(get("/p").method("POST"), false);
        client.send(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[1000]), false, 50).stream(stream));
        client.send(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers(false).add("x-sum", "1"), true).stream(stream));
        assertThat(client.next()).isEqualTo("status 200");
        assertThat(client.next()).isEqualTo("data POST a.example /p 1000");
        Http2FrameStream wrong = client.request(get("/p").method("POST").add("content-length", "5"), false);
        client.send(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[4]), true).stream(wrong));
        assertThat(client.next()).isEqualTo("reset " + Http2Error.PROTOCOL_ERROR.code());
        Http2FrameStream pseudo = client.request(get("/p").method("POST"), false);
        client.send(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers(false).add(":path", "/x"), true).stream(pseudo));
        assertThat(client.next()).isEqualTo("reset " + Http2Error.PROTOCOL_ERROR.code());
    }

    @Test
    void anEarlyAnswerAsksTheClientToStopSending() throws InterruptedException {
        client.request(get("/a#b").method("POST"), false);
        assertThat(client.next()).isEqualTo("status 400");
        assertThat(client.next()).isEqualTo("reset " + Http2Error.NO_ERROR.code());
    }

    @Test
    void rapidResetEndsTheConnection() throws InterruptedException {
        for (int i = 0; i < 600 && client.channel().isActive(); i++) {
            Http2FrameStream stream = client.request(get("/").method("POST"), false);
            client.send(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(stream));
        }
        assertThat(client.next()).startsWith("goaway " + Http2Error.ENHANCE_YOUR_CALM.code());
        assertThat(client.next()).isEqualTo("closed");
    }

    @Test
    void makingUsResetCountsAlike() throws InterruptedException {
        String last = "";
        for (int i = 0; i < 600 && !last.startsWith("goaway"); i++) {
            client.request(get("/").add("te", "gzip"), true);
            last = client.next();
        }
        assertThat(last).startsWith("goaway " + Http2Error.ENHANCE_YOUR_CALM.code());
    }

    @Test
    void someCancellingClientsDoNotEndASharedConnection() throws InterruptedException {
        for (int i = 0; i < 900; i++) {
            Http2FrameStream stream = client.request(get("/").method("POST"), false);
            if (i % 3 == 0) {
                client.send(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(stream));
            } else {
                client.send(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true).stream(stream));
                assertThat(client.next()).isEqualTo("status 200");
                assertThat(client.next()).startsWith("data ");
            }
        }
        assertThat(client.channel().isActive()).isTrue();
        assertThat(begun).hasValue(900);
    }

    static Stream<Object> floods() {
        return Stream.of(new DefaultHttp2PingFrame(1), new DefaultHttp2SettingsFrame(new Http2Settings()));
    }

    @ParameterizedTest
    @MethodSource("floods")
    void framesThatCarryNothingAreCounted(Object frame) {
        for (int i = 0; i < 3000 && client.channel().isActive(); i++) {
            client.send(frame);
        }
        await().atMost(5, TimeUnit.SECONDS).until(() -> client.seen.contains("closed"));
        assertThat(client.seen).anyMatch(s -> s.startsWith("goaway " + Http2Error.ENHANCE_YOUR_CALM.code()));
    }

    @Test
    void priorityFramesAreCounted() {
        Http2FrameStream stream = client.request(get("/").method("POST"), false);
        for (int i = 0; i < 3000 && client.channel().isActive(); i++) {
            client.send(new DefaultHttp2PriorityFrame(0, (short) 1, false).stream(stream));
        }
        await().atMost(5, TimeUnit.SECONDS).until(() -> client.seen.stream().anyMatch(s -> s.startsWith("goaway " + Http2Error.ENHANCE_YOUR_CALM.code())));
    }

    @Test
    void drainingIsToldTwice_andWhatWasOnItsWayIsServed() throws InterruptedException {
        service.settings = withDrain(HttpManagerResource.of("test", null, "test", List.of()));
        client.request(get("/1"), true);
        assertThat(client.next()).isEqualTo("status 200");
        assertThat(client.next()).startsWith("data");
        loops.accepted.get(0).pipeline().fireUserEventTriggered(Http2ServerHandler.DRAIN);
        assertThat(client.next()).isEqualTo("goaway 0 " + Integer.MAX_VALUE);
        client.channel().eventLoop().execute(() -> { });
        assertThat(client.next()).isEqualTo("goaway 0 3");
        assertThat(client.next()).isEqualTo("closed");
    }

    @Test
    void theDrainTimeIsOver_theSecondStepComesAtOnce() throws InterruptedException {
        client.request(get("/1"), true);
        assertThat(client.next()).isEqualTo("status 200");
        assertThat(client.next()).startsWith("data");
        loops.accepted.get(0).pipeline().fireUserEventTriggered(Http2ServerHandler.DRAIN);
        assertThat(client.next()).isEqualTo("goaway 0 " + Integer.MAX_VALUE);
        loops.accepted.get(0).pipeline().fireUserEventTriggered(Http2ServerHandler.DRAINED);
        assertThat(client.next()).isEqualTo("goaway 0 3");
        assertThat(client.next()).isEqualTo("closed");
    }

    @Test
    void aConnectionThatDrainsAlready_keepsItsTimeWhenItIsTold() throws InterruptedException {
        service.draining = true;
        client.request(get("/1"), true);
        assertThat(List.of(client.next(), client.next(), client.next())).contains("status 200", "goaway 0 " + Integer.MAX_VALUE);
        loops.accepted.get(0).pipeline().fireUserEventTriggered(Http2ServerHandler.DRAIN);
        client.request(get("/2"), true);
        assertThat(client.next()).isEqualTo("status 200");
        assertThat(client.next()).startsWith("data");
    }

    @Test
    void anIdleConnectionIsClosed() throws InterruptedException {
        service.settings = withIdle(service.settings);
        client.request(get("/1"), true);
        assertThat(client.next()).isEqualTo("status 200");
        assertThat(client.next()).startsWith("data");
        assertThat(client.next()).startsWith("goaway 0");
        assertThat(client.next()).isEqualTo("closed");
    }

    private static HttpManagerResource withDrain(HttpManagerResource m) {
        return with(m, m.idleTimeout(), java.time.Duration.ofMillis(200));
    }

    private static HttpManagerResource withIdle(HttpManagerResource m) {
        return with(m, java.time.Duration.ofMillis(150), m.drainTimeout());
    }

    private static HttpManagerResource with(HttpManagerResource m, java.time.Duration idle, java.time.Duration drain) {
        return new HttpManagerResource(m.statPrefix(), m.codec(), m.routeConfig(), m.rdsName(), m.filters(), m.pathNormalization(), m.forwardClientCert(),
                m.forwardClientCertDetails(), m.useRemoteAddress(), m.xffTrustedHops(), m.skipXffAppend(), m.generateRequestId(),
                m.preserveExternalRequestId(), m.serverHeader(), m.serverName(), m.underscoreHeaders(), m.requestTimeout(), m.requestHeadersTimeout(),
                m.streamIdleTimeout(), idle, m.maxConnectionDuration(), m.maxStreamDuration(), m.maxRequestsPerConnection(), drain,
                m.maxRequestHeadersKb(), m.maxHeadersCount(), m.upgradeTypes(), m.acceptHttp10(), m.stripMatchingHostPort(), m.http2(), m.accessLogs());
    }
}
