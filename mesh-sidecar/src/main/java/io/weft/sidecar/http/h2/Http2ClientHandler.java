package io.weft.sidecar.http.h2;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import io.weft.sidecar.cluster.pool.ConnectionOwner;
import io.weft.sidecar.cluster.pool.UpstreamConnection;
import io.weft.sidecar.cluster.pool.UpstreamEvents;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.cluster.pool.UpstreamStream;
import io.weft.sidecar.loop.Deadline;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.ClusterResource;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection to an upstream and its streams. Stands directly behind the frame codec. */
final class Http2ClientHandler extends FrameHandler implements UpstreamConnection {

    private static final Logger LOG = LoggerFactory.getLogger(Http2ClientHandler.class);
    /** Streams opened before the peer has said how many it takes (RFC 9113 section 6.5.2 recommends at least this to it). */
    private static final int UNTIL_SETTINGS = 100;
    /** Stream ids run out at 2^30 requests; leave in time. */
    private static final int MOST_REQUESTS = 1 << 29;

    private final Channel channel;
    private final ConnectionOwner owner;
    private final ClusterResource.HttpProtocol options;
    private final int connectionWindow;
    private final ControlBudget budget;
    private final IntObjectHashMap<ClientStream> streams = new IntObjectHashMap<>();
    private final Deadline oldAge = new OldAge();
    private int active;
    private int opened;
    private boolean settled;
    private boolean draining;
    private boolean closed;
    private boolean broken;

    Http2ClientHandler(
            Channel channel, LoopState loop, ConnectionOwner owner, ClusterResource.HttpProtocol options, int connectionWindow, ControlBudget budget) {
        super(loop);
        this.channel = channel;
        this.owner = owner;
        this.options = options;
        this.connectionWindow = connectionWindow;
        this.budget = budget;
    }

    @Override
    protected void handlerAdded0(ChannelHandlerContext ctx) throws Exception {
        super.handlerAdded0(ctx);
        write(new DefaultHttp2WindowUpdateFrame(connectionWindow));
        long age = options.maxConnectionDuration().toMillis();
        if (age > 0) {
            loop().timers().arm(oldAge, age);
        }
    }

    // for the pool

    @Override
    public UpstreamStream open(UpstreamEvents events) {
        if (freeStreams() <= 0) {
            throw new IllegalStateException("no free stream (expected: freeStreams() > 0)");
        }
        budget.streamOpened();
        active++;
        opened++;
        int most = options.maxRequestsPerConnection();
        if (opened >= (most > 0 ? most : MOST_REQUESTS)) {
            startDraining();
        }
        return new ClientStream(this, events);
    }

    @Override
    public int freeStreams() {
        return draining || closed || broken || !channel.isActive() || connection().goAwayReceived() ? 0 : Math.max(0, limit() - active);
    }

    private int limit() {
        int peer = settled ? connection().local().maxActiveStreams() : UNTIL_SETTINGS;
        int own = options.maxConcurrentStreams();
        return own > 0 ? Math.min(own, peer) : peer;
    }

    @Override
    public int activeStreams() {
        return active;
    }

    @Override
    public void drain() {
        draining = true;
        closeWhenDrained();
    }

    private void startDraining() {
        if (!draining) {
            draining = true;
            owner.onDraining(this);
        }
    }

    private void closeWhenDrained() {
        if (draining && active == 0 && !closed) {
            ctx().close();
        }
    }

    @Override
    public void close() {
        ctx().close();
    }

    @Override
    public Channel channel() {
        return channel;
    }

    // for the streams

    void dataFrame() {
        budget.dataFrame();
    }

    void started(int id, ClientStream stream) {
        streams.put(id, stream);
    }

    /** The stream's slot is free. */
    void over(ClientStream stream) {
        if (stream.release()) {
            active--;
            if (draining) {
                closeWhenDrained();
            } else if (!closed) {
                owner.onFree(this);
            }
        }
    }

    // from the peer

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof Http2DataFrame data) {
            ClientStream own = streams.get(data.stream().id());
            if (own == null) {
                data.release();
            } else {
                budget.dataFrame();
                own.onData(data);
            }
        } else if (msg instanceof Http2HeadersFrame headers) {
            ClientStream own = streams.get(headers.stream().id());
            if (own != null) {
                own.onHeaders(headers);
            }
        } else if (msg instanceof Http2ResetFrame reset) {
            ClientStream own = streams.remove(reset.stream().id());
            if (own != null) {
                own.onClosed(reset.errorCode() == Http2Error.REFUSED_STREAM.code() ? UpstreamFailure.REFUSED : UpstreamFailure.RESET);
            }
        } else if (msg instanceof Http2SettingsFrame) {
            boolean more = freeStreams() > 0;
            settled = true;
            if (more || freeStreams() > 0) {
                owner.onFree(this);
            }
        } else if (msg instanceof Http2GoAwayFrame goAway) {
            goAway.release();
            startDraining();
            closeWhenDrained();
        } else {
            ReferenceCountUtil.release(msg);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object evt) {
        if (evt instanceof Http2FrameStreamEvent event) {
            Http2FrameStream stream = event.stream();
            ClientStream own = streams.get(stream.id());
            if (own == null) {
                return;
            }
            if (stream.state() == Http2Stream.State.CLOSED) {
                streams.remove(stream.id());
                own.onClosed(whyClosed(stream.id()));
            } else {
                own.onStreamEvent();
            }
        } else {
            if (evt instanceof ChannelInputShutdownEvent) {
                ctx.close();
            } else if (evt instanceof SslCloseCompletionEvent) {
                // TLS has ended before TCP: a stream that was opened now would be written into nothing
                startDraining();
                closeWhenDrained();
            }
            ctx.fireUserEventTriggered(evt);
        }
    }

    private UpstreamFailure whyClosed(int id) {
        if (broken) {
            return UpstreamFailure.PROTOCOL;
        }
        return connection().goAwayReceived() && id > connection().local().lastStreamKnownByPeer() ? UpstreamFailure.REFUSED : UpstreamFailure.CLOSED;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2FrameStreamException error) {
            ClientStream own = streams.get(error.stream().id());
            if (own != null) {
                own.broken();
            } else {
                writeReset(error.stream(), error.error());
            }
        } else if (cause instanceof Http2Exception) {
            broken = true;
            LOG.debug("HTTP/2 upstream {} broke the protocol: {}", channel.remoteAddress(), cause.toString());
        } else if (cause instanceof IOException) {
            LOG.debug("HTTP/2 upstream {}: {}", channel.remoteAddress(), cause.toString());
        } else {
            LOG.warn("connection to HTTP/2 upstream {} ended by an error", channel.remoteAddress(), cause);
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        loop().timers().cancel(oldAge);
        for (ClientStream own : List.copyOf(streams.values())) {
            own.onClosed(broken ? UpstreamFailure.PROTOCOL : own.unsent() ? UpstreamFailure.STALE : UpstreamFailure.CLOSED);
        }
        streams.clear();
        owner.onClosed(this);
        ctx.fireChannelInactive();
    }

    private final class OldAge extends Deadline {
        @Override
        protected void expired() {
            startDraining();
            closeWhenDrained();
        }
    }
}
