package io.weft.sidecar.cluster.pool;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.tls.TlsContext;
import java.net.SocketAddress;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** Opens TCP connections, with TLS if asked, on a given event loop. */
public final class ChannelOpener {
    private ChannelOpener() {}

    /** How an attempt ended. Called on the loop. */
    public interface Result {
        /** Connected, TLS handshake done; nothing else is in the pipeline yet. */
        void opened(Channel channel);

        void failed(UpstreamFailure failure, String reason);
    }

    /** @param tls null: plaintext */
    public static void open(EventLoop loop, SocketAddress address, ClusterResource cluster, @Nullable TlsContext tls, Result result) {
        Duration timeout = cluster.connectTimeout();
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(epoll(loop) ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 128 * 1024))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeout.toMillis())))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            tls.addFirst(channel.pipeline());
                            SslHandler handler = channel.pipeline().get(SslHandler.class);
                            handler.setHandshakeTimeoutMillis(Math.max(1, timeout.toMillis()));
                            channel.pipeline().addLast(new Handshake(result));
                        }
                    }
                });
        ClusterResource.Keepalive keepalive = cluster.keepalive();
        if (keepalive != null) {
            keepalive(bootstrap, keepalive, epoll(loop));
        }
        bootstrap.connect(address).addListener((ChannelFutureListener) done -> {
            if (!done.isSuccess()) {
                boolean late = done.cause() instanceof ConnectTimeoutException;
                result.failed(
                        late ? UpstreamFailure.CONNECT_TIMEOUT : UpstreamFailure.CONNECT,
                        late ? "connection timeout" : "delayed connect error: " + done.cause().getMessage());
            } else if (tls == null) {
                result.opened(done.channel());
            }
        });
    }

    private static void keepalive(Bootstrap bootstrap, ClusterResource.Keepalive keepalive, boolean epoll) {
        bootstrap.option(ChannelOption.SO_KEEPALIVE, true);
        if (epoll) {
            option(bootstrap, EpollChannelOption.TCP_KEEPCNT, keepalive.probes());
            option(bootstrap, EpollChannelOption.TCP_KEEPIDLE, keepalive.timeSeconds());
            option(bootstrap, EpollChannelOption.TCP_KEEPINTVL, keepalive.intervalSeconds());
        } else {
            option(bootstrap, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), keepalive.probes());
            option(bootstrap, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), keepalive.timeSeconds());
            option(bootstrap, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), keepalive.intervalSeconds());
        }
    }

    private static void option(Bootstrap bootstrap, ChannelOption<Integer> option, @Nullable Integer value) {
        if (value != null) {
            bootstrap.option(option, value);
        }
    }

    /** Channels have to fit their loop's kind of I/O. */
    public static boolean epoll(EventLoop loop) {
        return loop instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class);
    }

    /** Waits for TLS, then leaves. */
    private static final class Handshake extends ChannelInboundHandlerAdapter {
        private final Result result;
        private boolean told;

        private Handshake(Result result) {
            this.result = result;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake && !told) {
                told = true;
                if (handshake.isSuccess()) {
                    ctx.pipeline().remove(this);
                    result.opened(ctx.channel());
                } else {
                    ctx.close();
                    result.failed(UpstreamFailure.CONNECT, "TLS error: " + handshake.cause().getMessage());
                }
                return;
            }
            ctx.fireUserEventTriggered(event);
        }

        /** Of a client that never completed the handshake: nobody above is interested. */
        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (!told) {
                told = true;
                result.failed(UpstreamFailure.CONNECT, "connection closed during the TLS handshake");
            }
        }

        /** TLS tells of failures by its event; what else goes wrong here ends the connection, and with it the attempt. */
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
