package io.weft.demo.survive;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.codec.http2.HttpConversionUtil;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2, in plaintext by prior knowledge or by ALPN. A kept connection carries all requests until the server says GOAWAY: then the next one gets a new
 * connection, and those under way are answered on the old one.
 */
final class Http2Client implements Client {

    private static final int USES = 1000;

    private final int port;
    private final boolean keep;
    private final @Nullable SslContext tls;
    private final String serverName;
    private final EventLoop loop;
    private @Nullable CompletableFuture<Connection> kept;

    /**
     * @param tls null: plaintext
     * @param serverName asked for in the TLS handshake
     */
    Http2Client(EventLoop loop, int port, boolean keep, @Nullable SslContext tls, String serverName) {
        this.loop = loop;
        this.port = port;
        this.keep = keep;
        this.tls = tls;
        this.serverName = serverName;
    }

    @Override
    public CompletableFuture<Answer> send(Ask ask) {
        return connection().thenCompose(connection -> connection.send(ask));
    }

    private CompletableFuture<Connection> connection() {
        CompletableFuture<Connection> held = kept;
        if (held != null && !(held.isDone() && (held.isCompletedExceptionally() || held.join().ending))) {
            return held;
        }
        CompletableFuture<Connection> fresh = connect();
        kept = keep ? fresh : null;
        return fresh;
    }

    private CompletableFuture<Connection> connect() {
        CompletableFuture<Connection> result = new CompletableFuture<>();
        Connection connection = new Connection();
        Bootstrap bootstrap = new Bootstrap().group(loop).channel(NioSocketChannel.class).handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                if (tls != null) {
                    channel.pipeline().addLast(tls.newHandler(channel.alloc(), serverName, port));
                }
                channel.pipeline().addLast(
                        Http2FrameCodecBuilder.forClient().initialSettings(Http2Settings.defaultSettings().pushEnabled(false)).build(),
                        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
                        connection);
            }
        });
        bootstrap.connect("127.0.0.1", port).addListener((io.netty.channel.ChannelFutureListener) connected -> {
            if (!connected.isSuccess()) {
                result.completeExceptionally(connected.cause());
                return;
            }
            connection.channel = connected.channel();
            SslHandler handshake = connected.channel().pipeline().get(SslHandler.class);
            if (handshake == null) {
                result.complete(connection);
                return;
            }
            handshake.handshakeFuture().addListener(shaken -> {
                if (!shaken.isSuccess()) {
                    result.completeExceptionally(shaken.cause());
                } else if (!"h2".equals(handshake.applicationProtocol())) {
                    result.completeExceptionally(new IllegalStateException("ALPN chose " + handshake.applicationProtocol() + " (expected: h2)"));
                } else {
                    result.complete(connection);
                }
            });
        });
        return result;
    }

    @Override
    public void close() {
        if (kept != null) {
            kept.thenAccept(Connection::end);
        }
    }

    private final class Connection extends ChannelInboundHandlerAdapter {
        private @Nullable Channel channel;
        private boolean ending;
        private int open;
        private int asked;

        CompletableFuture<Answer> send(Ask ask) {
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            Channel parent = java.util.Objects.requireNonNull(channel);
            open++;
            asked++;
            if (!keep || asked == USES) {
                ending = true;
            }
            answer.whenComplete((done, failed) -> {
                open--;
                closeIfDone();
            });
            Reply reply = new Reply((context, response) -> {});
            reply.expect(answer, (keep ? "kept " : "new ") + parent.localAddress() + " request " + asked);
            new Http2StreamChannelBootstrap(parent)
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel stream) {
                            stream.pipeline()
                                    .addLast(new Http2StreamFrameToHttpObjectCodec(false), new HttpObjectAggregator(Http1Client.MAX_BODY), reply);
                        }
                    })
                    .open()
                    .addListener(opened -> {
                        if (opened.isSuccess()) {
                            write((Http2StreamChannel) opened.getNow(), ask, answer);
                        } else {
                            answer.completeExceptionally(opened.cause());
                        }
                    });
            return answer;
        }

        private void write(Http2StreamChannel stream, Ask ask, CompletableFuture<Answer> answer) {
            DefaultFullHttpRequest request =
                    new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, ask.path(), Unpooled.EMPTY_BUFFER);
            request.headers().set(HttpHeaderNames.HOST, ask.host());
            request.headers().set(HttpConversionUtil.ExtensionHeaderNames.SCHEME.text(), tls == null ? "http" : "https");
            stream.writeAndFlush(request).addListener(written -> {
                if (!written.isSuccess()) {
                    answer.completeExceptionally(written.cause());
                }
            });
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            if (frame instanceof Http2GoAwayFrame) {
                end();
            }
            ReferenceCountUtil.release(frame);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ending = true;
            context.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            ending = true;
            context.close();
        }

        void end() {
            ending = true;
            closeIfDone();
        }

        private void closeIfDone() {
            if (ending && open == 0 && channel != null) {
                channel.close();
            }
        }
    }
}
