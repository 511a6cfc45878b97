package io.weft.sidecar.http.h2;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.weft.sidecar.http.DownstreamConnection;
import io.weft.sidecar.http.HttpService;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Sockets on loopback for tests: servers that speak HTTP/2 for a service, and connections to them. */
final class TestLoops implements AutoCloseable {

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<Channel> servers = new ArrayList<>();
    final List<Channel> accepted = new CopyOnWriteArrayList<>();

    int serve(HttpService service) {
        return serve(channel -> {
            accepted.add(channel);
            Http2Server.addLast(channel.pipeline(), new DownstreamConnection(channel, service, false, channel.remoteAddress(), channel.localAddress()));
        });
    }

    int serve(Consumer<Channel> pipeline) {
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        pipeline.accept(channel);
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
        servers.add(server);
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    EventLoop loop() {
        return (EventLoop) group.next();
    }

    void connect(EventLoop loop, int port, Consumer<Channel> connected) {
        // on the loop, so that the pipeline is filled before anything can be read
        loop.execute(() -> new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {}
                })
                .connect("127.0.0.1", port)
                .addListener((io.netty.channel.ChannelFutureListener) f -> {
                    if (f.isSuccess()) {
                        connected.accept(f.channel());
                    }
                }));
    }

    @Override
    public void close() {
        servers.forEach(c -> c.close().syncUninterruptibly());
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
