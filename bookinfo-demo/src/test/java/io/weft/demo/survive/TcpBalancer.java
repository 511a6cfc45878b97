package io.weft.demo.survive;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.weft.demo.e2e.Http;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What stands before the instances of a gateway: it knows nothing of HTTP. New connections go in turn to those that said lately that they are ready; one that refuses a
 * connection is passed over. Connections that are there stay where they are.
 */
final class TcpBalancer implements AutoCloseable {

    /** As balancers ask: now and then, so that for a while it sends connections to one that is not ready any more. */
    private static final long ASK_MILLIS = 500;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ScheduledExecutorService asking = Executors.newSingleThreadScheduledExecutor();
    private final List<Instance> instances;
    private final AtomicInteger turn = new AtomicInteger();
    private final int http;
    private final int https;

    TcpBalancer(List<Instance> instances) {
        this.instances = List.copyOf(instances);
        this.http = listen(false);
        this.https = listen(true);
        asking.scheduleWithFixedDelay(() -> instances.forEach(Instance::ask), 0, ASK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** One of those that are chosen from. */
    static final class Instance {
        private final int http;
        private final int https;
        private final String readiness;
        private final AtomicInteger connections = new AtomicInteger();
        private volatile boolean ready;

        Instance(int http, int https, int management) {
            this.http = http;
            this.https = https;
            this.readiness = "http://127.0.0.1:" + management + "/actuator/health/readiness";
        }

        private void ask() {
            try {
                ready = Http.get(readiness).statusCode() == 200;
            } catch (UncheckedIOException away) {
                ready = false;
            }
        }

        boolean ready() {
            return ready;
        }

        /** Those it was given until now. */
        int connections() {
            return connections.get();
        }
    }

    int http() {
        return http;
    }

    int https() {
        return https;
    }

    private int listen(boolean tls) {
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel client) {
                        connect(client, tls, 0);
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    private void connect(Channel client, boolean tls, int refused) {
        List<Instance> ready = instances.stream().filter(Instance::ready).toList();
        if (ready.isEmpty() || refused >= ready.size()) {
            client.close();
            return;
        }
        Instance chosen = ready.get(Math.floorMod(turn.getAndIncrement(), ready.size()));
        new Bootstrap()
                .group(client.eventLoop())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new Copy(client))
                .connect("127.0.0.1", tls ? chosen.https : chosen.http)
                .addListener((ChannelFutureListener) connected -> {
                    if (connected.isSuccess()) {
                        chosen.connections.incrementAndGet();
                        client.pipeline().addLast(new Copy(connected.channel()));
                        client.read();
                        connected.channel().read();
                    } else {
                        connect(client, tls, refused + 1);
                    }
                });
    }

    /** What comes in goes out on the other side, as fast as that takes it. */
    private static final class Copy extends ChannelInboundHandlerAdapter {
        private final Channel other;

        Copy(Channel other) {
            this.other = other;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            other.writeAndFlush(message).addListener(written -> {
                if (written.isSuccess()) {
                    context.read();
                } else {
                    context.close();
                }
            });
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    @Override
    public void close() {
        asking.shutdownNow();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
