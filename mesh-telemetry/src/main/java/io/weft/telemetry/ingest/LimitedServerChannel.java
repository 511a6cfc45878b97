package io.weft.telemetry.ingest;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Accepts at most so many connections at a time and closes what comes on top; gRPC itself has no such limit. */
final class LimitedServerChannel extends NioServerSocketChannel {

    private final int limit;
    private final Connections connections;
    private final AtomicInteger open = new AtomicInteger();

    /** @param connections told of those that are accepted */
    LimitedServerChannel(int limit, Connections connections) {
        this.limit = limit;
        this.connections = connections;
    }

    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
        int read = super.doReadMessages(accepted);
        if (read <= 0) {
            return read;
        }
        Channel connection = (Channel) accepted.get(accepted.size() - 1);
        if (open.incrementAndGet() > limit) {
            open.decrementAndGet();
            accepted.remove(accepted.size() - 1);
            connection.unsafe().closeForcibly();
            return 0;
        }
        connection.closeFuture().addListener(closed -> open.decrementAndGet());
        connections.opened(connection);
        return read;
    }
}
