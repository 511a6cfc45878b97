package io.weft.sidecar.tls;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Two Netty endpoints on loopback, one byte each way over TLS; each side says whom it sees, or why not. */
final class Handshake implements AutoCloseable {

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

    /** What both sides saw. A failure is the first cause that is not Netty's own. */
    record Result(@Nullable PeerIdentity atServer, @Nullable PeerIdentity atClient, @Nullable Throwable serverError, @Nullable Throwable clientError) {
        boolean ok() {
            return atServer != null && atClient != null;
        }

        String errors() {
            return text(serverError) + " " + text(clientError);
        }

        private static String text(@Nullable Throwable e) {
            StringBuilder all = new StringBuilder();
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                all.append(cause).append(' ');
            }
            return all.toString();
        }
    }

    Channel listen(TlsContext tls, CompletableFuture<PeerIdentity> seen) {
        return new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        tls.addFirst(channel.pipeline());
                        channel.pipeline().addLast(new Echo(), new Watch(seen));
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    Result run(TlsContext server, TlsContext client) throws Exception {
        CompletableFuture<PeerIdentity> atServer = new CompletableFuture<>();
        Channel listener = listen(server, atServer);
        try {
            CompletableFuture<PeerIdentity> atClient = connect(client, listener);
            return new Result(value(atServer), value(atClient), error(atServer), error(atClient));
        } finally {
            listener.close().syncUninterruptibly();
        }
    }

    /** Completes after an echoed byte: in TLS 1.3 a client learns only then that the server took its certificate. */
    CompletableFuture<PeerIdentity> connect(TlsContext tls, Channel listener) {
        CompletableFuture<PeerIdentity> seen = new CompletableFuture<>();
        Channel channel = new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        tls.addFirst(channel.pipeline());
                        channel.pipeline().addLast(new Expect(seen));
                    }
                })
                .connect(listener.localAddress())
                .syncUninterruptibly()
                .channel();
        seen.whenComplete((identity, error) -> channel.close());
        return seen;
    }

    @Override
    public void close() {
        loops.shutdownGracefully(100, 2000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    private static @Nullable PeerIdentity value(CompletableFuture<PeerIdentity> future) throws InterruptedException, TimeoutException {
        try {
            return future.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return null;
        }
    }

    private static @Nullable Throwable error(CompletableFuture<PeerIdentity> future) throws InterruptedException, TimeoutException {
        try {
            future.get(10, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message);
        }
    }

    private static final class Watch extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<PeerIdentity> seen;

        Watch(CompletableFuture<PeerIdentity> seen) {
            this.seen = seen;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent done) {
                if (done.isSuccess()) {
                    seen.complete(PeerIdentity.of(ctx.channel()));
                } else {
                    seen.completeExceptionally(done.cause());
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            seen.completeExceptionally(cause);
            ctx.close();
        }
    }

    private static final class Expect extends SimpleChannelInboundHandler<ByteBuf> {
        private final CompletableFuture<PeerIdentity> seen;

        Expect(CompletableFuture<PeerIdentity> seen) {
            this.seen = seen;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent done) {
                if (done.isSuccess()) {
                    ctx.writeAndFlush(Unpooled.copiedBuffer("x", StandardCharsets.US_ASCII));
                } else {
                    seen.completeExceptionally(done.cause());
                }
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
            seen.complete(PeerIdentity.of(ctx.channel()));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            seen.completeExceptionally(cause);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            seen.completeExceptionally(new IllegalStateException("closed by the server"));
        }
    }
}
