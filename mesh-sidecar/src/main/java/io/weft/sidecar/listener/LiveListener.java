package io.weft.sidecar.listener;

import io.netty.channel.Channel;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.weft.sidecar.http.h2.Http2ServerHandler;
import io.weft.sidecar.observe.metrics.Counter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.netty.DisposableServer;

/** A bound address and what is served there now. Connections are counted and can be drained. */
final class LiveListener {
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();
    private final OpenConnections total;
    private final Counter accepted;
    private final Counter refused;
    private final Counter overflow;
    private final PipelineAssembly assembly;
    private volatile @Nullable ListenerState state;
    private volatile @Nullable DisposableServer server;

    LiveListener(OpenConnections total, Counter accepted, Counter refused, Counter overflow, PipelineAssembly assembly) {
        this.total = total;
        this.accepted = accepted;
        this.refused = refused;
        this.overflow = overflow;
        this.assembly = assembly;
    }

    void bind(ListenerBinder binder, String host, int port) {
        server = binder.bind(host, port, this::accept);
    }

    private void accept(Channel channel) {
        ListenerState now = state;
        if (now == null) {
            refused.increment();
            channel.unsafe().closeForcibly();
            return;
        }
        int limit = now.resource().connectionLimit();
        if (limit != 0 && open.size() >= limit || !total.opened()) {
            overflow.increment();
            channel.unsafe().closeForcibly();
            return;
        }
        accepted.increment();
        open.add(channel);
        channel.closeFuture().addListener(closed -> {
            open.remove(channel);
            total.closed();
        });
        channel.pipeline().addFirst(Gate.NAME, new Gate(this, assembly));
        if (now.resource().proxyProtocol()) {
            channel.pipeline().addFirst("weft.proxyProtocol", new HAProxyMessageDecoder());
        }
    }

    @Nullable ListenerState state() {
        return state;
    }

    void state(@Nullable ListenerState next) {
        state = next;
    }

    Counter refused() {
        return refused;
    }

    InetSocketAddress address() {
        DisposableServer bound = server;
        if (bound == null || !(bound.address() instanceof InetSocketAddress inet)) {
            throw new IllegalStateException("listener is not bound");
        }
        return inet;
    }

    int connections() {
        return open.size();
    }

    /**
     * Every connection learns that it should end.
     *
     * @param over their time for it, so those at rest do so now
     */
    void drain(boolean over) {
        Object event = over ? Http2ServerHandler.DRAINED : Http2ServerHandler.DRAIN;
        for (Channel channel : open) {
            channel.eventLoop().execute(() -> channel.pipeline().fireUserEventTriggered(event));
        }
    }

    void unbind() {
        DisposableServer bound = server;
        if (bound != null) {
            bound.disposeNow(Duration.ofSeconds(5));
        }
    }

    void closeConnections() {
        open.forEach(Channel::close);
    }
}
