package io.weft.sidecar.http.h2;

import static io.weft.sidecar.http.h2.RawClient.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;
import io.weft.sidecar.http.Downstream;
import io.weft.sidecar.http.DownstreamConnection;
import io.weft.sidecar.http.HttpService;
import io.weft.sidecar.http.RequestEvents;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.HttpManagerResource;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Between the frame codec and a multiplexer that is not ours: only what the engine does not claim costs a child channel. */
class FallThroughTest {

    private final AtomicInteger children = new AtomicInteger();
    private final AtomicInteger childrenGone = new AtomicInteger();
    private final TestLoops loops = new TestLoops();
    private final AnsweringService answering = new AnsweringService();
    private final int port = loops.serve(this::pipeline);
    private final RawClient client = RawClient.to(loops, port);

    private void pipeline(Channel channel) {
        DownstreamConnection connection = new DownstreamConnection(channel, new ClaimsEngine(), false, channel.remoteAddress(), channel.localAddress());
        Http2Server.Mixed engine = Http2Server.mixed(new DefaultHttp2Connection(true), connection);
        channel.pipeline().addLast(engine.codec());
        channel.pipeline().addLast(Http2Server.HANDLER, engine.handler());
        channel.pipeline().addLast(new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel child) {
                children.incrementAndGet();
                child.pipeline().addLast(new Child());
            }
        }));
    }

    private final class ClaimsEngine implements HttpService {
        @Override
        public RequestEvents begin(Downstream downstream, RequestHead head, boolean end) {
            return head.path().startsWith("/engine") ? answering.begin(downstream, head, end) : null;
        }

        @Override
        public HttpManagerResource settings() {
            return answering.settings();
        }

        @Override
        public boolean draining() {
            return false;
        }
    }

    private final class Child extends ChannelInboundHandlerAdapter {
        private int bytes;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            boolean end = msg instanceof Http2HeadersFrame h && h.isEndStream() || msg instanceof Http2DataFrame d && d.isEndStream();
            if (msg instanceof Http2DataFrame d) {
                bytes += d.content().readableBytes();
            }
            ReferenceCountUtil.release(msg);
            if (end) {
                ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("203"), false));
                ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.copiedBuffer("child " + bytes, StandardCharsets.US_ASCII), true));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            childrenGone.incrementAndGet();
        }
    }

    @AfterEach
    void stop() {
        client.close();
        loops.close();
    }

    @Test
    void bothKindsOfStreamsShareAConnection() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            client.request(get("/engine"), true);
            assertThat(client.next()).isEqualTo("status 200");
            assertThat(client.next()).isEqualTo("data GET a.example /engine 0");
            Http2FrameStream stream = client.request(get("/spring").method("POST"), false);
            client.send(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[30_000]), false).stream(stream));
            client.send(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().add("x", "y"), true).stream(stream));
            assertThat(client.next()).isEqualTo("status 203");
            assertThat(client.next()).isEqualTo("data child 30000");
        }
        assertThat(children).hasValue(20);
        await().until(() -> childrenGone.get() == 20);
    }

    @Test
    void resetsReachTheRightSide() {
        Http2FrameStream engine = client.request(get("/engine").method("POST"), false);
        Http2FrameStream child = client.request(get("/spring").method("POST"), false);
        await().until(() -> children.get() == 1);
        client.send(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(engine));
        client.send(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(child));
        await().until(() -> childrenGone.get() == 1);
        assertThat(children).hasValue(1);
    }

    @Test
    void whatIsRefusedReachesNobody() throws InterruptedException {
        client.request(get("/spring").authority("u@a"), true);
        assertThat(client.next()).isEqualTo("status 400");
        client.request(get("/spring").add("te", "gzip"), true);
        assertThat(client.next()).startsWith("reset ");
        client.request(get("/spring"), true);
        assertThat(client.next()).isEqualTo("status 203");
        assertThat(children).hasValue(1);
    }

    @Test
    void moreStreamsThanAllowedAreRefusedHereToo_evenBeforeTheClientHasAgreed() throws Exception {
        try (FrameClient deaf = FrameClient.deaf(port)) {
            for (int id = 1; id <= 201; id += 2) {
                deaf.headers(FrameClient.END_HEADERS, id, HeaderBytes.request("POST"));
            }
            deaf.flush();
            assertThat(deaf.next()).isEqualTo("201 reset " + Http2Error.REFUSED_STREAM.code());
            await().until(() -> children.get() == 100);
        }
    }
}
