package io.weft.sidecar.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.cluster.balance.BalanceInput;
import io.weft.sidecar.cluster.pool.ChannelOpener;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.loop.Deadline;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.observe.peer.PeerExchangeException;
import io.weft.sidecar.secret.TlsBinding;
import io.weft.sidecar.tls.PeerIdentity;
import io.weft.sidecar.tls.TlsContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One proxied connection, from its client's side: cluster, endpoint, then bytes both ways until both have ended. */
final class TcpSession extends ChannelInboundHandlerAdapter implements BalanceInput {

    private static final Logger LOG = LoggerFactory.getLogger(TcpSession.class);

    private static final String HANDLER_UP = "weft.tcpUpstream";
    private static final long QUIET_MILLIS = 1_000;

    private final TcpProxy proxy;
    private final TcpConnection connection;
    private final Channel client;
    private final LoopState loop;
    private final long startMillis = System.currentTimeMillis();
    private final long startNanos = System.nanoTime();
    private final List<ByteBuf> early = new ArrayList<>();
    private final List<Host> tried = new ArrayList<>();
    private final Idle idle = new Idle();
    private @Nullable Relay up;
    private @Nullable Relay down;
    private @Nullable Channel upstream;
    private @Nullable Cluster cluster;
    private @Nullable Host host;
    private TcpMetrics.@Nullable Series series;
    private @Nullable String trouble;
    private String flags = "-";
    private boolean clientEnded;
    private boolean started;
    private boolean ended;
    private boolean failed;
    private long received;
    private long sent;
    private long lastMoved = System.nanoTime();

    TcpSession(TcpProxy proxy, TcpConnection connection) {
        this.proxy = proxy;
        this.connection = connection;
        this.client = connection.channel();
        this.loop = LoopState.of(client.eventLoop());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        client.config().setAutoRead(false);
        if (client.config().getOptions().containsKey(ChannelOption.ALLOW_HALF_CLOSURE)) {
            client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
        if (client.isActive()) {
            start();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        start();
        ctx.fireChannelActive();
    }

    private void start() {
        if (started) {
            return;
        }
        started = true;
        proxy.counters().connections().increment();
        proxy.counters().active().increment();
        Cluster chosen = proxy.choose(loop).get();
        cluster = chosen;
        if (chosen == null) {
            proxy.counters().noRoute().increment();
            refuse("NC");
        } else if (!chosen.breakers().tryConnection()) {
            chosen.counters().pool().connectionOverflow().increment();
            cluster = null;
            refuse("UO");
        } else {
            connect(chosen);
        }
    }

    private void connect(Cluster to) {
        Host next = to.choose(this);
        if (next == null) {
            to.counters().noHost().increment();
            refuse("UH");
            return;
        }
        tried.add(next);
        TlsBinding binding = to.transport(next);
        TlsContext tls = binding == null ? null : binding.ready();
        if (binding != null && tls == null) {
            notConnected(to, next, UpstreamFailure.CONNECT, "no certificate yet");
            return;
        }
        to.counters().pool().connections().increment();
        ChannelOpener.open(client.eventLoop(), next.address(), to.resource(), tls, to.introduced(next, new ChannelOpener.Result() {
            @Override
            public void opened(Channel channel) {
                connected(next, channel);
            }

            @Override
            public void failed(UpstreamFailure failure, String reason) {
                notConnected(to, next, failure, reason);
            }
        }));
    }

    private void notConnected(Cluster to, Host next, UpstreamFailure failure, String reason) {
        to.counters().pool().connectFailures().increment();
        if (failure == UpstreamFailure.CONNECT_TIMEOUT) {
            to.counters().pool().connectTimeouts().increment();
        }
        to.onLocalFailure(next);
        trouble = reason;
        host = next;
        LOG.debug("{}: {} of {}: {}", proxy.resource().statPrefix(), next, to.name(), reason);
        if (ended) {
            return;
        }
        if (tried.size() < proxy.resource().maxConnectAttempts()) {
            connect(to);
        } else {
            refuse("UF,URX");
        }
    }

    /** Nothing was connected: the client sees its connection end. */
    private void refuse(String why) {
        flags = why;
        client.close();
    }

    private void connected(Host to, Channel channel) {
        if (ended) {
            channel.close();
            return;
        }
        host = to;
        upstream = channel;
        trouble = null;
        TcpMetrics.Series counted = proxy.metrics().of(connection, cluster, to, channel, "-");
        series = counted;
        counted.opened().increment();
        to.connections(1);
        to.requestStarted();
        Cluster own = cluster;
        if (own != null) {
            own.counters().pool().activeConnections().increment();
        }
        Relay toUpstream = new Relay(client, channel, this::countReceived, this::directionEnded);
        Relay toClient = new Relay(channel, client, this::countSent, this::directionEnded);
        up = toUpstream;
        down = toClient;
        channel.pipeline().addLast(HANDLER_UP, new UpstreamSide(toClient, toUpstream));
        for (ByteBuf bytes : early) {
            toUpstream.read(bytes);
        }
        early.clear();
        toUpstream.readComplete();
        long millis = proxy.resource().idleTimeout().toMillis();
        if (millis > 0) {
            loop.timers().arm(idle, millis);
        }
        if (clientEnded) {
            toUpstream.end();
        } else if (channel.isWritable()) {
            client.config().setAutoRead(true);
        }
    }

    private void countReceived(long bytes) {
        received += bytes;
        TcpMetrics.Series counted = series;
        if (counted != null) {
            counted.received().add(bytes);
        }
        proxy.counters().received().add(bytes);
        lastMoved = System.nanoTime();
    }

    private void countSent(long bytes) {
        sent += bytes;
        TcpMetrics.Series counted = series;
        if (counted != null) {
            counted.sent().add(bytes);
        }
        proxy.counters().sent().add(bytes);
        lastMoved = System.nanoTime();
    }

    private void directionEnded(Relay direction) {
        Relay a = up;
        Relay b = down;
        Channel other = upstream;
        if (a != null && b != null && a.over() && b.over() && other != null) {
            Relay.closeAfterFlush(other);
            Relay.closeAfterFlush(client);
        } else if (direction.endsOneDirectionOnly()) {
            direction.passEnd();
        } else {
            lastMoved = System.nanoTime();
            loop.timers().arm(new QuietEnd(direction), QUIET_MILLIS);
        }
    }

    // from the client

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (Relay.isBytes(ctx, msg)) {
            Relay relay = up;
            if (relay != null) {
                relay.read((ByteBuf) msg);
            } else if (ended) {
                ((ByteBuf) msg).release();
            } else {
                early.add((ByteBuf) msg);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Relay relay = up;
        if (relay != null) {
            relay.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Relay relay = down;
        if (relay != null) {
            relay.writable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object evt) {
        if (Relay.isEnd(evt)) {
            clientEnded = true;
            Relay relay = up;
            if (relay != null) {
                relay.end();
            }
        }
        ctx.fireUserEventTriggered(evt);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        broken(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        finish();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        finish();
    }

    private void broken(Throwable cause) {
        failed = true;
        if (cause instanceof PeerExchangeException) {
            flags = "UPE";
        }
        if (cause instanceof IOException) {
            LOG.debug("{}: {}", proxy.resource().statPrefix(), cause.toString());
        } else {
            LOG.warn("{}: connection ended by an error", proxy.resource().statPrefix(), cause);
        }
        Channel other = upstream;
        if (other != null) {
            other.close();
        }
        client.close();
    }

    /** The client's connection is gone. */
    private void finish() {
        if (ended) {
            return;
        }
        ended = true;
        loop.timers().cancel(idle);
        early.forEach(ByteBuf::release);
        early.clear();
        Channel other = upstream;
        if (other != null) {
            if (failed) {
                other.close();
            } else {
                Relay.closeAfterFlush(other);
            }
        }
        if (started) {
            proxy.counters().active().add(-1);
            account();
            closed();
            proxy.ended(log());
        }
    }

    private void account() {
        Cluster own = cluster;
        if (own != null) {
            own.breakers().connectionEnded();
        }
        Host at = host;
        if (at != null && upstream != null) {
            at.connections(-1);
            at.requestEnded(failed);
            if (own != null) {
                own.counters().pool().activeConnections().add(-1);
            }
        }
    }

    /** What was never connected is opened and closed at once, under the flags that say why. */
    private void closed() {
        TcpMetrics.Series last = proxy.metrics().of(connection, cluster, host, upstream, flags);
        if (series == null) {
            last.opened().increment();
        }
        last.closed().increment();
    }

    private TcpLog log() {
        Cluster own = cluster;
        Host at = host;
        Channel to = upstream;
        return new TcpLog(
                connection, own == null ? null : own.name(), at == null ? null : at.text(), to == null ? null : to.localAddress(),
                to == null ? null : PeerIdentity.of(to), trouble, flags, null, received, sent, startMillis, System.nanoTime() - startNanos);
    }

    // for the balancer

    @Override
    public LoopState loop() {
        return loop;
    }

    @Override
    public long hash() {
        return proxy.resource().hashSourceIp() && connection.remote().getAddress() != null
                ? mix(connection.remote().getAddress().hashCode())
                : 0;
    }

    /** Spreads an address over the ring; never 0, which means none. */
    private static long mix(int address) {
        long h = (address ^ 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        return (h ^ h >>> 31) | 1;
    }

    @Override
    public boolean alreadyTried(Host candidate) {
        return tried.contains(candidate);
    }

    @Override
    public int hostSelectionAttempts() {
        return 3;
    }

    /** The endpoint's side of the connection. */
    private final class UpstreamSide extends ChannelInboundHandlerAdapter {

        private final Relay relay;
        private final Relay opposite;

        UpstreamSide(Relay relay, Relay opposite) {
            this.relay = relay;
            this.opposite = opposite;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (Relay.isBytes(ctx, msg)) {
                relay.read((ByteBuf) msg);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            relay.readComplete();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            opposite.writable();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object evt) {
            if (Relay.isEnd(evt)) {
                relay.end();
            }
            ctx.fireUserEventTriggered(evt);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            broken(cause);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            Relay.closeAfterFlush(client);
        }
    }

    /** Looks when it is due whether anything has moved; moving bytes arms nothing. */
    private final class Idle extends Deadline {
        @Override
        protected void expired() {
            long limit = proxy.resource().idleTimeout().toMillis();
            long quiet = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastMoved);
            if (quiet >= limit) {
                proxy.counters().idleTimeouts().increment();
                flags = "SI";
                client.close();
            } else {
                loop.timers().arm(this, limit - quiet);
            }
        }
    }

    /**
     * The end of a client that may be gone, or may wait for its answer, towards TLS, where it would end both directions: told once the answer,
     * if there is one, has stopped coming.
     */
    private final class QuietEnd extends Deadline {
        private final Relay direction;

        QuietEnd(Relay direction) {
            this.direction = direction;
        }

        @Override
        protected void expired() {
            long quiet = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastMoved);
            if (quiet >= QUIET_MILLIS) {
                direction.passEnd();
            } else if (!ended) {
                loop.timers().arm(this, QUIET_MILLIS - quiet);
            }
        }
    }
}
