package io.weft.sidecar.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.weft.sidecar.http.Downstream;
import io.weft.sidecar.http.DownstreamConnection;
import io.weft.sidecar.http.HttpService;
import io.weft.sidecar.http.RequestEvents;
import io.weft.sidecar.http.h2.Http2ServerHandler;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.testing.RawClient;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that the engine leaves to a handler behind it, and the end of connections. */
class Http1DownstreamHandlerTest {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private Duration idle = Duration.ofMillis(150);
    private Duration drain = Duration.ofMillis(300);
    private Duration longest = Duration.ZERO;
    private Duration head = Duration.ofSeconds(10);
    private long answerAfterMillis;
    private @Nullable Channel accepted;

    private int serve() {
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted = channel;
                        new StrictHttpServerCodec(Http1Limits.DEFAULT).addLast(channel.pipeline(), "http1");
                        channel.pipeline().addLast(new Http1DownstreamHandler(new DownstreamConnection(
                                channel, new ClaimsNothing(), false, channel.remoteAddress(), channel.localAddress())));
                        channel.pipeline().addLast(new Slow());
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final class Slow extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            boolean last = message instanceof LastHttpContent;
            ReferenceCountUtil.release(message);
            if (last) {
                ctx.executor().schedule(
                        () -> {
                            DefaultFullHttpResponse answer = new DefaultFullHttpResponse(
                                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.copiedBuffer("late", StandardCharsets.US_ASCII));
                            answer.headers().set("content-length", 4);
                            ctx.writeAndFlush(answer);
                        },
                        answerAfterMillis,
                        TimeUnit.MILLISECONDS);
            }
        }
    }

    private final class ClaimsNothing implements HttpService {
        @Override
        public @Nullable RequestEvents begin(Downstream downstream, RequestHead head, boolean end) {
            return null;
        }

        @Override
        public HttpManagerResource settings() {
            HttpManagerResource m = HttpManagerResource.of("test", RouteConfigResource.of("none", List.of()), null, List.of());
            return new HttpManagerResource(
                    m.statPrefix(), m.codec(), m.routeConfig(), null, m.filters(), m.pathNormalization(), m.forwardClientCert(),
                    m.forwardClientCertDetails(), false, 0, false, true, false, m.serverHeader(), "weft", m.underscoreHeaders(),
                    m.requestTimeout(), head, m.streamIdleTimeout(), idle, longest, m.maxStreamDuration(), 0, drain, 0, 0,
                    m.upgradeTypes(), false, false, m.http2(), List.of());
        }

        @Override
        public boolean draining() {
            return false;
        }
    }

    @Test
    void aRequestThatFellThroughIsNotCutByTheIdleTimeout_butTheConnectionIsAfterIt() throws Exception {
        answerAfterMillis = 900;
        try (RawClient client = new RawClient(serve())) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read().body()).isEqualTo("late");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aReadWithoutAByteOfARequest_isNoBeginningOfOne() throws Exception {
        idle = Duration.ofMinutes(5);
        head = Duration.ofMillis(200);
        try (RawClient client = new RawClient(serve())) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read().body()).isEqualTo("late");
            Channel channel = Objects.requireNonNull(accepted);
            // As TLS does it with half a record, and at the end of its handshake.
            channel.eventLoop().submit(() -> channel.pipeline().fireChannelReadComplete()).sync();
            channel.eventLoop().schedule(() -> {}, 600, TimeUnit.MILLISECONDS).sync();
            assertThat(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read().status()).isEqualTo(200);
            assertThat(client.send("GET / HT").read().status()).isEqualTo(408);
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void lameDuck_aConnectionAtRestStaysForTheDrainTime_thenCloses() throws Exception {
        idle = Duration.ofMinutes(5);
        try (RawClient client = new RawClient(serve())) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read();
            long start = System.nanoTime();
            tell(Http2ServerHandler.DRAIN);
            assertThat(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read().body()).isEqualTo("late");
            assertThat(client.closed()).isTrue();
            assertThat(System.nanoTime() - start).isGreaterThan(200_000_000L);
        }
    }

    @Test
    void theDrainTimeIsOver_aConnectionAtRestClosesAtOnce() throws Exception {
        idle = Duration.ofMinutes(5);
        drain = Duration.ofMinutes(1);
        try (RawClient client = new RawClient(serve())) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read();
            tell(Http2ServerHandler.DRAIN);
            tell(Http2ServerHandler.DRAINED);
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void anOldConnectionIsDrained() throws Exception {
        idle = Duration.ofMinutes(5);
        longest = Duration.ofMillis(200);
        drain = Duration.ofMillis(100);
        try (RawClient client = new RawClient(serve())) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read();
            assertThat(client.closed()).isTrue();
        }
    }

    private void tell(Object event) throws Exception {
        Channel channel = accepted;
        if (channel == null) {
            throw new IllegalStateException("no connection");
        }
        channel.eventLoop().submit(() -> channel.pipeline().fireUserEventTriggered(event)).get();
    }
}
