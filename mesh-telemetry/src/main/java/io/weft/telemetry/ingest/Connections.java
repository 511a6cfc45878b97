package io.weft.telemetry.ingest;

import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The open connections of a port, by where they come from: gRPC does not let one be closed by who speaks on it. Thread-safe. */
final class Connections {

    private final Map<SocketAddress, Connection> open = new ConcurrentHashMap<>();

    private record Connection(Channel channel, AtomicBoolean ends) {}

    void opened(Channel channel) {
        SocketAddress remote = channel.remoteAddress();
        if (remote != null) {
            Connection connection = new Connection(channel, new AtomicBoolean());
            open.put(remote, connection);
            channel.closeFuture().addListener(closed -> open.remove(remote, connection));
        }
    }

    /** Closes a connection after that time. Only the first call counts. */
    void endAfter(@Nullable SocketAddress remote, Duration left) {
        Connection connection = remote == null ? null : open.get(remote);
        if (connection != null && connection.ends().compareAndSet(false, true)) {
            Channel channel = connection.channel();
            // Past HTTP/2's own close, which would wait for streams that have no end.
            Future<?> end = channel.eventLoop()
                    .schedule(() -> channel.unsafe().close(channel.voidPromise()), left.toMillis(), TimeUnit.MILLISECONDS);
            channel.closeFuture().addListener(closed -> end.cancel(false));
        }
    }
}
