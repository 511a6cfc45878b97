package io.weft.pilot.xds;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Connections on which nobody has said who he is yet: bounded in number and in time. A handshake takes milliseconds, so of too many the oldest goes: whoever
 * opens connections and says nothing gets rid of his own, and a workload of the mesh still comes in between. Thread-safe.
 */
@ChannelHandler.Sharable
final class Newcomers extends ChannelInboundHandlerAdapter {

    private static final long LAST_WORDS_MILLIS = 500;

    private final int max;
    private final long patienceNanos;
    private final LongSupplier nanos;
    private final ConcurrentMap<SocketAddress, Channel> open = new ConcurrentHashMap<>();
    /** Oldest first, each with the time it came. */
    private final Map<Channel, Long> unknown = new LinkedHashMap<>();

    Newcomers(int max, Duration patience, LongSupplier nanos) {
        this.max = max;
        this.patienceNanos = patience.toNanos();
        this.nanos = nanos;
    }

    /** A server channel whose connections are counted here. */
    ServerChannel listen() {
        ServerChannel server = new NioServerSocketChannel();
        server.pipeline().addLast(this);
        return server;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Channel accepted = (Channel) message;
        SocketAddress remote = accepted.remoteAddress();
        if (remote == null) {
            // Gone before it was looked at.
            accepted.unsafe().closeForcibly();
            return;
        }
        open.put(remote, accepted);
        Channel crowdedOut = admit(accepted);
        accepted.closeFuture().addListener(closed -> gone(remote, accepted));
        if (crowdedOut != null) {
            crowdedOut.close();
        }
        context.fireChannelRead(accepted);
    }

    private synchronized @Nullable Channel admit(Channel accepted) {
        Channel oldest = null;
        if (unknown.size() >= max) {
            Iterator<Channel> first = unknown.keySet().iterator();
            oldest = first.next();
            first.remove();
        }
        unknown.put(accepted, nanos.getAsLong());
        return oldest;
    }

    private void gone(SocketAddress remote, Channel channel) {
        open.remove(remote, channel);
        forget(channel);
    }

    private synchronized void forget(Channel channel) {
        unknown.remove(channel);
    }

    /** Somebody has said who he is. */
    void known(@Nullable SocketAddress remote) {
        Channel channel = remote == null ? null : open.get(remote);
        if (channel != null) {
            forget(channel);
        }
    }

    /** Closes those that have kept silent for too long. */
    void sweep() {
        late().forEach(Channel::close);
    }

    private synchronized List<Channel> late() {
        List<Channel> late = new ArrayList<>();
        long now = nanos.getAsLong();
        Iterator<Map.Entry<Channel, Long>> each = unknown.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<Channel, Long> next = each.next();
            if (now - next.getValue() < patienceNanos) {
                break;
            }
            late.add(next.getKey());
            each.remove();
        }
        return late;
    }

    /** Ends a connection, but not before what was said last is on its way: a stream of it could be opened again as the one it was. */
    void hangUp(@Nullable SocketAddress remote) {
        Channel channel = remote == null ? null : open.get(remote);
        if (channel != null) {
            channel.eventLoop().schedule(() -> channel.close(), LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** How many are not known yet. */
    synchronized int count() {
        return unknown.size();
    }
}
