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
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.netty.resources.LoopResources;

/**
 * The admin endpoints: GET only, one request per connection, no more than a few connections, each for a short time. Whole, it is meant for loopback; a browser page that was led here by DNS
 * rebinding is refused by its Host header.
 */
public final class AdminServer implements AutoCloseable {
    private static final Limits LIMITS = new Limits(32, Duration.ofSeconds(10), Duration.ofSeconds(30));
    private static final Limits PUBLIC_LIMITS = new Limits(256, Duration.ofSeconds(10), Duration.ofSeconds(30));

    /**
     * Whoever sends or reads slowly, a byte now and then, must not take a place for ever.
     *
     * @param connections at a time
     * @param request from the connection's begin until the whole head is here
     * @param answer from there until the page is made and has been taken
     */
    record Limits(int connections, Duration request, Duration answer) {}

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
        return start(host, port, LIMITS, loops, pages, view);
    }

    static AdminServer start(String host, int port, Limits limits, LoopResources loops, Executor pages, AdminView view) {
        AdminPages all = new AdminPages(view);
        return bind(host, port, loops, limits, () -> new AdminHandler(all::get, pages, host, limits));
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
        return bind(host, port, loops, PUBLIC_LIMITS, () -> new AdminHandler(some, pages, null, PUBLIC_LIMITS));
    }

    private static AdminServer bind(String host, int port, LoopResources loops, Limits limits, Supplier<AdminHandler> handlers) {
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
                        if (connections.size() >= limits.connections()) {
                            channel.close();
                            return;
                        }
                        connections.add(channel);
                        channel.pipeline().addLast(new HttpServerCodec(4096, 16 * 1024, 8192)).addLast(handlers.get());
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
