package io.weft.sidecar.http.h2;

import static io.weft.sidecar.http.h2.RawClient.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.RetryPolicyResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.RouteResource.Target;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.TestEngine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 on either side of the whole engine, and across. */
class Http2ProxyingIT {

    private final TestEngine engine = new TestEngine();
    private final TestLoops loops = new TestLoops();

    @AfterEach
    void stop() {
        loops.close();
        engine.close();
    }

    private int listen() {
        return engine.listen(RouteResource.of("all", Match.prefix("/"), Forward.to("app")));
    }

    private int proxyToHttp1(RawBackend backend) {
        engine.cluster("app", backend.port());
        return listen();
    }

    private int proxyToHttp2(int port) {
        http2Cluster(port);
        return listen();
    }

    private void http2Cluster(int port) {
        engine.cluster(ClusterResource.of("app", ClusterResource.Type.STATIC, TestEngine.endpoints("app", port)).withHttp(ClusterResource.HttpProtocol.HTTP2));
    }

    /** A server that does to each request what it is told. */
    private int scripted(BiConsumer<ChannelHandlerContext, Http2FrameStream> script) {
        return loops.serve(channel -> {
            channel.pipeline().addLast(Http2FrameCodecBuilder.forServer().validateHeaders(false).build());
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object msg) {
                    if (msg instanceof Http2HeadersFrame head) {
                        script.accept(ctx, head.stream());
                        ctx.flush();
                    }
                    ReferenceCountUtil.release(msg);
                }
            });
        });
    }

    @Test
    void fromHttp2ToHttp1_crumbsAreJoined_hostIsSet_trailersCross() throws Exception {
        RawBackend backend = new RawBackend((head, in, out) -> {
            byte[] body = RawBackend.body(head, in);
            out.write(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n"
                    + Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.write("\r\n0\r\nx-end: yes\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return true;
        });
        try (backend; RawClient client = RawClient.to(loops, proxyToHttp1(backend))) {
            Http2FrameStream stream = client.request(
                    get("/p?q=1").method("POST").add("cookie", "a=b").add("cookie", "c=d").add("te", "trailers"), false);
            client.send(new DefaultHttp2DataFrame(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII), true).stream(stream));
            assertThat(client.next()).isEqualTo("status 200");
            assertThat(client.next()).isEqualTo("data hello");
            assertThat(client.next()).isIn("trailers yes", "data ");
            String head = backend.heads().get(0).toLowerCase(Locale.ROOT);
            assertThat(head).startsWith("post /p?q=1 http/1.1\r\n").contains("\r\ncookie: a=b; c=d\r\n").contains("\r\nhost: a.example\r\n")
                    .contains("\r\ntransfer-encoding: chunked\r\n").doesNotContain("\r\n:");
        }
    }

    @Test
    void fromHttp1ToHttp2_hopByHopFieldsStayBehind() throws Exception {
        AnsweringService service = new AnsweringService();
        int port = proxyToHttp2(loops.serve(service));
        try (io.weft.sidecar.testing.RawClient client = new io.weft.sidecar.testing.RawClient(port)) {
            for (int i = 0; i < 3; i++) {
                io.weft.sidecar.testing.RawClient.Response answer = client.send(
                        "POST /x HTTP/1.1\r\nHost: b.example\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
                        .read();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("POST b.example /x 3");
            }
        }
        assertThat(loops.accepted).as("one upstream connection").hasSize(1);
    }

    @Test
    void http2OnBothSides_aBodyOfSizePasses() throws Exception {
        try (RawClient client = RawClient.to(loops, proxyToHttp2(loops.serve(new AnsweringService())))) {
            Http2FrameStream stream = client.request(get("/big").method("POST"), false);
            client.send(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[2_000_000]), true).stream(stream));
            assertThat(client.next()).isEqualTo("status 200");
            assertThat(client.next()).isEqualTo("data POST a.example /big 2000000");
        }
    }

    @Test
    void aRequestThatWasRefusedUpstreamIsSentAgain_whenTheRouteRetriesRefusedStreams() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        http2Cluster(scripted((ctx, stream) -> {
            if (asked.incrementAndGet() == 1) {
                ctx.write(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM).stream(stream));
            } else {
                ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("204"), true).stream(stream));
            }
        }));
        RetryPolicyResource retry = RetryPolicyResource.of(Set.of("connect-failure", "refused-stream"), 2, Duration.ZERO);
        int port = engine.listen(RouteResource.of("all", Match.prefix("/"), Forward.to(new Target.Cluster("app"), null, retry)));
        try (RawClient client = RawClient.to(loops, port)) {
            client.request(get("/"), true);
            assertThat(client.next()).isEqualTo("status 204");
            assertThat(asked).hasValue(2);
        }
    }

    @Test
    void aRequestAboveTheLastStreamOfAGoAwayIsSentAgain_whateverTheRouteRetries() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Set<Channel> connections = ConcurrentHashMap.newKeySet();
        int port = proxyToHttp2(scripted((ctx, stream) -> {
            connections.add(ctx.channel());
            if (asked.incrementAndGet() == 1) {
                // no stream of this connection has been looked at
                ctx.pipeline().firstContext().writeAndFlush(Unpooled.copiedBuffer(new byte[] {0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
            } else {
                ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("204"), true).stream(stream));
            }
        }));
        try (RawClient client = RawClient.to(loops, port)) {
            client.request(get("/").method("POST"), true);
            assertThat(client.next()).isEqualTo("status 204");
            assertThat(asked).hasValue(2);
            assertThat(connections).hasSize(2);
        }
    }

    @Test
    void anUpstreamThatResets_orBreaksTheProtocol_isToldApart() throws Exception {
        int port = proxyToHttp2(scripted((ctx, stream) -> {
            if (stream.id() == 3) {
                ctx.write(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR).stream(stream));
            } else {
                ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers(false).status("200").add("x", "a\r\nb: c"), true).stream(stream));
            }
        }));
        try (RawClient client = RawClient.to(loops, port)) {
            client.request(get("/reset"), true);
            assertThat(client.next()).isEqualTo("status 503");
            client.request(get("/broken"), true);
            assertThat(client.next()).startsWith("data ");
            assertThat(client.next()).isEqualTo("status 502");
            await().until(() -> engine.log().size() == 2);
            assertThat(engine.log()).extracting(TestEngine.Seen::flags).containsExactly("UR", "UPE");
        }
    }

    @Test
    void errorsOfTheEngineAreStatusesToAGrpcClient() throws Exception {
        engine.cluster("app");
        try (RawClient client = RawClient.to(loops, listen())) {
            client.request(get("/a.B/C").method("POST").add("content-type", "application/grpc").add("te", "trailers"), true);
            assertThat(client.next()).isEqualTo("status 200 grpc 14");
        }
    }

    @Test
    void curlWithPriorKnowledge() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
        try (RawBackend backend = RawBackend.text("hello")) {
            Process curl = new ProcessBuilder("/usr/bin/curl", "-s", "--http2-prior-knowledge", "-d", "x=y", "-w", " %{http_code} %{http_version}",
                    "http://127.0.0.1:" + proxyToHttp1(backend) + "/").start();
            assertThat(new String(curl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("hello 200 2");
            assertThat(curl.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void h2specPassesWholeAgainstAListenerOfTheEngine(@TempDir Path dir) throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"), "h2spec's binary is for Linux on amd64");
        try (RawBackend backend = RawBackend.text("hello")) {
            H2SpecTest.run(H2SpecTest.unpack(dir), dir, proxyToHttp1(backend));
        }
    }
}
