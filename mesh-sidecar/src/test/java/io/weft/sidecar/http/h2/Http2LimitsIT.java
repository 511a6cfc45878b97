package io.weft.sidecar.http.h2;

import static io.weft.sidecar.http.h2.FrameClient.END_HEADERS;
import static io.weft.sidecar.http.h2.FrameClient.END_STREAM;
import static io.weft.sidecar.http.h2.FrameClient.PADDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.TestEngine;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that ask too much of a connection: theirs ends, or their stream, and nobody else's. */
class Http2LimitsIT {
    private static final String CALM = "goaway " + Http2Error.ENHANCE_YOUR_CALM.code();
    private static final String REFUSED = " reset " + Http2Error.REFUSED_STREAM.code();
    private static final String ANSWERED = "%1$d status 200, %1$d data app";
    private static final int STREAMS = 100;
    private static final byte[] ONE = {0, 0, 0, 1};

    private TestEngine engine;
    private RawBackend app;
    private FrameClient client;
    private FrameClient other;

    @BeforeEach
    void start() throws Exception {
        engine = new TestEngine();
        app = RawBackend.text("app");
        engine.cluster("app", app.port());
        int port = engine.listen(RouteResource.of("all", Match.prefix("/"), Forward.to("app")));
        client = FrameClient.to(port);
        other = FrameClient.to(port);
        assertThat(other.get(1)).isEqualTo(answered(1));
    }

    /** Whatever happened to the one connection, the other is as it was. */
    @AfterEach
    void stop() throws Exception {
        try {
            assertThat(other.get(3)).isEqualTo(answered(3));
        } finally {
            client.close();
            other.close();
            engine.close();
            app.close();
        }
    }

    private static String answered(int stream) {
        return String.format(ANSWERED, stream);
    }

    private void post(int stream) {
        client.headers(END_HEADERS, stream, HeaderBytes.request("POST"));
    }

    private void sentAway(String why) throws Exception {
        client.flush();
        assertThat(client.next()).startsWith(CALM).containsIgnoringCase(why);
        assertThat(client.next()).isEqualTo("closed");
    }

    /** @param requests of the one client, which have reached the application */
    private void seen(int requests) {
        await().untilAsserted(() -> assertThat(app.heads()).hasSize(1 + requests));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void windowUpdatesWithoutEnd(int stream) throws Exception {
        post(1);
        for (int i = 0; i < 6000; i++) {
            client.add(Http2FrameTypes.WINDOW_UPDATE, 0, stream, ONE);
        }
        sentAway("frames that carry nothing");
    }

    @Test
    void aThousandWindowUpdatesAreNone() throws Exception {
        for (int i = 0; i < 1000; i++) {
            client.add(Http2FrameTypes.WINDOW_UPDATE, 0, 0, ONE);
        }
        assertThat(client.get(1)).isEqualTo(answered(1));
    }

    static Stream<byte[]> nothing() {
        return Stream.of(new byte[0], new byte[] {0}, new byte[] {5, 0, 0, 0, 0, 0});
    }

    @ParameterizedTest
    @MethodSource("nothing")
    void dataWithoutDataWithoutEnd(byte[] payload) throws Exception {
        post(1);
        for (int i = 0; i < 100; i++) {
            client.data(payload.length == 0 ? 0 : PADDED, 1, payload);
        }
        sentAway("empty data frames");
    }

    @Test
    void someEmptyDataBetweenTheOtherIsNone() throws Exception {
        post(1);
        for (int i = 0; i < 100; i++) {
            client.data(0, 1).data(0, 1).data(0, 1, (byte) 'x');
        }
        client.data(END_STREAM, 1).flush();
        assertThat(client.next() + ", " + client.next()).isEqualTo(answered(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000})
    void smallContinuationsWithoutEnd(int size) throws Exception {
        continuations(size);
        sentAway("continuation");
        seen(0);
    }

    /** They end by their size: nothing of them is kept until the last. */
    @Test
    void fullContinuationsWithoutEnd() throws Exception {
        continuations(16384);
        client.flush();
        assertThat(client.next()).startsWith("goaway " + Http2Error.PROTOCOL_ERROR.code()).contains("Header size exceeded max allowed size");
        assertThat(client.next()).isEqualTo("closed");
        seen(0);
    }

    private void continuations(int size) {
        client.headers(END_STREAM, 1, HeaderBytes.request("GET"));
        byte[] block = new HeaderBytes().field("x-a", "a".repeat(size)).bytes();
        for (int i = 0; i < 20; i++) {
            client.add(Http2FrameTypes.CONTINUATION, 0, 1, Arrays.copyOf(block, size));
        }
    }

    @Test
    void aHeadThatNeedsContinuationsIsRead() throws Exception {
        client.headers(END_STREAM, 1, HeaderBytes.request("GET"));
        for (int i = 0; i < 4; i++) {
            client.add(Http2FrameTypes.CONTINUATION, 0, 1, new HeaderBytes().field("x-" + i, "a".repeat(10_000)).bytes());
        }
        client.add(Http2FrameTypes.CONTINUATION, END_HEADERS, 1).flush();
        assertThat(client.next() + ", " + client.next()).isEqualTo(answered(1));
        assertThat(app.heads().get(1)).contains("x-3: " + "a".repeat(10_000) + "\r\n");
    }

    /** Few bytes on the wire, many once they are read; and the same in crumbs of a cookie, which a reader may join before it counts. */
    @ParameterizedTest
    @ValueSource(strings = {"x-a", "cookie"})
    void aHeadThatGrowsWhenItIsRead(String name) throws Exception {
        client.headers(END_HEADERS | END_STREAM, 1, HeaderBytes.request("GET").remembered(name, "a".repeat(4000)).again(90)).flush();
        assertThat(client.next()).isEqualTo("1 status 431");
        theConnectionGoesOn();
        seen(1);
    }

    @Test
    void moreCrumbsThanLinesAreAllowed() throws Exception {
        client.headers(END_HEADERS | END_STREAM, 1, HeaderBytes.request("GET").remembered("cookie", "a=b").again(100)).flush();
        assertThat(client.next()).isEqualTo("1 status 431");
        theConnectionGoesOn();
        seen(1);
    }

    @Test
    void trailersThatGrowWhenTheyAreRead() throws Exception {
        post(1);
        client.flush();
        seen(1);
        client.headers(END_HEADERS | END_STREAM, 1, new HeaderBytes().remembered("x-a", "a".repeat(4000)).again(90)).flush();
        assertThat(client.next()).isEqualTo("1 reset " + Http2Error.PROTOCOL_ERROR.code());
        theConnectionGoesOn();
        seen(2);
    }

    /** What was remembered on the way is still agreed on. */
    private void theConnectionGoesOn() throws Exception {
        client.headers(END_HEADERS | END_STREAM, 3, HeaderBytes.request("GET").again(1)).flush();
        String next = client.next();
        while (next.startsWith("1 ")) {
            next = client.next();
        }
        assertThat(next + ", " + client.next()).isEqualTo(answered(3));
    }

    /** The limit holds whether or not a client has agreed to it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneStreamMoreThanAllowedIsRefused_untilAnotherEnds(boolean agreed) throws Exception {
        if (!agreed) {
            client.close();
            client = FrameClient.deaf(engine.engine().listeners().values().iterator().next().getPort());
        }
        for (int i = 0; i <= STREAMS; i++) {
            post(2 * i + 1);
        }
        client.flush();
        assertThat(client.next()).isEqualTo(2 * STREAMS + 1 + REFUSED);
        client.data(END_STREAM, 1).flush();
        assertThat(client.next() + ", " + client.next()).isEqualTo(answered(1));
        assertThat(client.get(2 * STREAMS + 3)).isEqualTo(answered(2 * STREAMS + 3));
        seen(STREAMS + 1);
    }

    @Test
    void whoGoesOnAskingForMoreIsSentAway() throws Exception {
        for (int i = 0; i < STREAMS + 2000; i++) {
            post(2 * i + 1);
        }
        client.flush();
        String next = client.next();
        while (next.endsWith(REFUSED)) {
            next = client.next();
        }
        assertThat(next).startsWith(CALM);
        assertThat(client.next()).isEqualTo("closed");
    }
}
