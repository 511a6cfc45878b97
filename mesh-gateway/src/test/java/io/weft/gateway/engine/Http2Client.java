package io.weft.gateway.engine;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection of a test's, on frames. */
final class Http2Client implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Frames frames = new Frames();
    private final Channel channel;

    Http2Client(int port, @Nullable SslContext tls) {
        channel = new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel ch) {
                        if (tls != null) {
                            ch.pipeline().addLast(tls.newHandler(ch.alloc()));
                        }
                        Http2FrameCodec codec = Http2FrameCodecBuilder.forClient()
                                .initialSettings(Http2Settings.defaultSettings().initialWindowSize(16 * 1024 * 1024))
                                .build();
                        ch.pipeline().addLast(codec, frames);
                    }
                })
                .connect("127.0.0.1", port)
                .syncUninterruptibly()
                .channel();
    }

    /** What came back on one stream, complete when it ended. */
    static final class Answer {
        final CompletableFuture<String> whole = new CompletableFuture<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private volatile String status = "";
        private @Nullable Http2FrameStream stream;

        String status() {
            return status;
        }

        String get() {
            return whole.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join();
        }
    }

    Answer get(String path) {
        return send("GET", path, null);
    }

    Answer post(String path, String body) {
        return send("POST", path, body);
    }

    /** {@code open}: a request whose body never comes. */
    Answer open(String path) {
        return send("POST", path, "");
    }

    private Answer send(String method, String path, @Nullable String body) {
        Answer answer = new Answer();
        channel.eventLoop().execute(() -> frames.send(method, path, body, answer));
        return answer;
    }

    void reading(boolean on) {
        channel.config().setAutoRead(on);
    }

    void giveConnectionWindow(int bytes) {
        channel.eventLoop().execute(() -> frames.window(bytes));
    }

    CompletableFuture<Long> goAway() {
        return frames.goAway;
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static final class Frames extends Http2ChannelDuplexHandler {
        private final Map<Http2FrameStream, Answer> answers = new ConcurrentHashMap<>();
        final CompletableFuture<Long> goAway = new CompletableFuture<>();
        private @Nullable ChannelHandlerContext ctx;

        @Override
        protected void handlerAdded0(ChannelHandlerContext ctx) {
            this.ctx = ctx;
        }

        void send(String method, String path, @Nullable String body, Answer answer) {
            Http2FrameStream stream = newStream();
            answer.stream = stream;
            answers.put(stream, answer);
            DefaultHttp2Headers headers = new DefaultHttp2Headers();
            headers.method(method).path(path).scheme("http").authority("a");
            ctx.write(new DefaultHttp2HeadersFrame(headers, body == null).stream(stream));
            if (body != null && !body.isEmpty()) {
                ctx.write(new DefaultHttp2DataFrame(Unpooled.copiedBuffer(body, StandardCharsets.US_ASCII), true).stream(stream));
            }
            ctx.flush();
        }

        void window(int bytes) {
            ctx.writeAndFlush(new DefaultHttp2WindowUpdateFrame(bytes));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            if (message instanceof Http2GoAwayFrame away) {
                goAway.complete(away.errorCode());
            }
            if (message instanceof Http2StreamFrame frame && answers.get(frame.stream()) != null) {
                Answer answer = answers.get(frame.stream());
                if (frame instanceof Http2HeadersFrame headers) {
                    answer.status = headers.headers().status().toString();
                    if (headers.isEndStream()) {
                        answer.whole.complete(answer.body.toString(StandardCharsets.US_ASCII));
                    }
                } else if (frame instanceof Http2DataFrame data) {
                    data.content().readBytes(answer.body, data.content().readableBytes());
                    ctx.write(new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes()).stream(data.stream()));
                    if (data.isEndStream()) {
                        answer.whole.complete(answer.body.toString(StandardCharsets.US_ASCII));
                    }
                } else if (frame instanceof Http2ResetFrame reset) {
                    answer.whole.completeExceptionally(new IllegalStateException("reset " + reset.errorCode()));
                }
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            answers.values().forEach(a -> a.whole.completeExceptionally(new IllegalStateException("connection closed")));
        }
    }
}
