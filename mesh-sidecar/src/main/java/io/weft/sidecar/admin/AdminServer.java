package io.weft.sidecar.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.netty.resources.LoopResources;

/**
 * The admin endpoints: GET only, one request per connection, no more than a few connections. Whole, it is meant for loopback; a browser page that was led here by DNS
 * rebinding is refused by its Host header.
 */
public final class AdminServer implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 32;
    private static final int MAX_PUBLIC_CONNECTIONS = 256;
    private static final int READ_TIMEOUT_SECONDS = 10;

    private final Channel server;
    private final ChannelGroup connections;

    private AdminServer(Channel server, ChannelGroup connections) {
        this.server = server;
        this.connections = connections;
    }

    /**
     * Binds.
     *
     * @param port 0: a free one
     * @param pages thread on which pages are made, so that a large dump does not hold up an event loop
     * @throws IllegalStateException when it cannot be bound; the cause says why
     */
    public static AdminServer start(String host, int port, LoopResources loops, Executor pages, AdminView view) {
        AdminPages all = new AdminPages(view);
        return bind(host, port, loops, MAX_CONNECTIONS, () -> new AdminHandler(all::get, pages, host));
    }

    /**
     * Binds a few pages where others than the machine itself may come, for one the kubelet, by whatever name.
     *
     * @param only the paths there are; the rest is 404
     */
    public static AdminServer start(String host, int port, Set<String> only, LoopResources loops, Executor pages, AdminView view) {
        AdminPages all = new AdminPages(view);
        Function<String, AdminPages.Page> some = path -> only.contains(path)
                ? all.get(path)
                : AdminPages.Page.of(HttpResponseStatus.NOT_FOUND, "no such page (expected: one of " + new TreeSet<>(only) + ")");
        return bind(host, port, loops, MAX_PUBLIC_CONNECTIONS, () -> new AdminHandler(some, pages, null));
    }

    private static AdminServer bind(String host, int port, LoopResources loops, int maxConnections, Supplier<AdminHandler> handlers) {
        EventLoopGroup acceptors = loops.onServerSelect(true);
        EventLoopGroup workers = loops.onServer(true);
        ChannelGroup connections = new DefaultChannelGroup("admin", GlobalEventExecutor.INSTANCE, true);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(acceptors, workers)
                .channel(loops.onChannelClass(ServerSocketChannel.class, workers))
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (connections.size() >= maxConnections) {
                            channel.close();
                            return;
                        }
                        connections.add(channel);
                        channel.pipeline()
                                .addLast(new ReadTimeoutHandler(READ_TIMEOUT_SECONDS))
                                .addLast(new HttpServerCodec(4096, 16 * 1024, 8192))
                                .addLast(handlers.get());
                    }
                });
        ChannelFuture bound = bootstrap.bind(new InetSocketAddress(host, port)).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            // Netty's own way to say it would throw a checked exception that no signature shows.
            throw new IllegalStateException("admin endpoints cannot listen on " + host + ':' + port, bound.cause());
        }
        return new AdminServer(bound.channel(), connections);
    }

    /** Where it is bound. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    @Override
    public void close() {
        server.close().awaitUninterruptibly(1000);
        connections.close().awaitUninterruptibly(1000);
    }
}
