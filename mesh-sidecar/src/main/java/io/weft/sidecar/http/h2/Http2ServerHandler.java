package io.weft.sidecar.http.h2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import io.weft.sidecar.http.DownstreamConnection;
import io.weft.sidecar.http.HttpService;
import io.weft.sidecar.http.RequestEvents;
import io.weft.sidecar.loop.Deadline;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.Http2RequestHead;
import io.weft.sidecar.message.Http2ResponseHead;
import io.weft.sidecar.resource.HttpManagerResource;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the streams of a client's connection into exchanges. Stands directly behind the frame codec. What the engine does not claim goes on to
 * the handlers behind, frame by frame and with its stream events: a multiplexer there opens a child channel for those streams only.
 */
public final class Http2ServerHandler extends FrameHandler {

    /** Fired through the pipeline by whoever drains: GOAWAY in two steps, then the connection ends with its last stream. */
    public static final Object DRAIN = event("drain");

    /**
     * Fired when the time to drain is over: the second step, if the first was made. Not the first event again: a connection that has begun to drain by itself,
     * for its age or by a request that came while the listener was being told, would leave out its time.
     */
    public static final Object DRAINED = event("drained");

    private static final Logger LOG = LoggerFactory.getLogger(Http2ServerHandler.class);
    private static final long FIRST_SETTINGS_MILLIS = 10_000;

    private final DownstreamConnection downstream;
    private final HttpService service;
    private final boolean fallThrough;
    private final int connectionWindow;
    private final ControlBudget budget;
    private final ResetRatio resets;
    private final IntObjectHashMap<ServerStream> streams = new IntObjectHashMap<>();
    private final Deadline idle = new Idle();
    private final Deadline oldAge = new OldAge();
    private final Deadline secondGoAway = new SecondGoAway();
    private @Nullable Http2FrameStreamEvent held;
    private int lastOpened;
    private boolean settled;
    private boolean draining;
    private boolean lastGoAwaySent;
    private int requests;

    /**
     * @param fallThrough what the engine does not claim goes on to the next handler
     */
    Http2ServerHandler(
            DownstreamConnection downstream,
            boolean fallThrough,
            int connectionWindow,
            ControlBudget budget,
            ResetRatio resets) {
        super(downstream.loop());
        this.downstream = downstream;
        this.service = downstream.service();
        this.fallThrough = fallThrough;
        this.connectionWindow = connectionWindow;
        this.budget = budget;
        this.resets = resets;
    }

    private static Object event(String name) {
        return new Object() {
            @Override
            public String toString() {
                return name;
            }
        };
    }

    DownstreamConnection downstream() {
        return downstream;
    }

    void dataFrame() {
        budget.dataFrame();
    }

    @Override
    protected void handlerAdded0(ChannelHandlerContext ctx) throws Exception {
        super.handlerAdded0(ctx);
        if (connectionWindow > 0) {
            write(new DefaultHttp2WindowUpdateFrame(connectionWindow));
        }
        loop().timers().arm(idle, FIRST_SETTINGS_MILLIS);
        long age = service.settings().maxConnectionDuration().toMillis();
        if (age > 0) {
            loop().timers().arm(oldAge, age);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof Http2DataFrame data) {
            ServerStream own = streams.get(data.stream().id());
            if (own == null) {
                passOn(ctx, msg);
            } else {
                budget.dataFrame();
                own.onData(data);
            }
        } else if (msg instanceof Http2HeadersFrame headers) {
            onHeaders(ctx, headers);
        } else if (msg instanceof Http2ResetFrame reset && streams.containsKey(reset.stream().id())) {
            ServerStream own = streams.get(reset.stream().id());
            gone(own);
        } else {
            if (msg instanceof Http2SettingsFrame && !settled) {
                settled = true;
                rest();
            }
            if (msg instanceof Http2StreamFrame frame && streams.containsKey(frame.stream().id())) {
                ReferenceCountUtil.release(msg);
            } else {
                passOn(ctx, msg);
            }
        }
    }

    private void passOn(ChannelHandlerContext ctx, Object msg) {
        if (fallThrough) {
            ctx.fireChannelRead(msg);
        } else {
            ReferenceCountUtil.release(msg);
        }
    }

    private void onHeaders(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
        Http2FrameStream stream = frame.stream();
        ServerStream own = streams.get(stream.id());
        Http2FrameStreamEvent opened = held;
        held = null;
        if (own != null) {
            if (frame.isEndStream() && RequestCheck.trailers(frame.headers(), maxLines())) {
                own.onTrailers(frame.headers());
            } else {
                refuse(stream, own, Http2Error.PROTOCOL_ERROR);
            }
        } else if (opened == null || opened.stream() != stream) {
            // trailers of a stream that went on, or what is left of one that is over
            passOn(ctx, frame);
        } else {
            begin(ctx, frame, opened);
        }
    }

    private void begin(ChannelHandlerContext ctx, Http2HeadersFrame frame, Http2FrameStreamEvent opened) {
        HttpManagerResource settings = service.settings();
        budget.streamOpened();
        resets.request();
        loop().timers().cancel(idle);
        Http2FrameStream stream = frame.stream();
        boolean end = frame.isEndStream();
        int verdict = RequestCheck.head(frame.headers(), maxLines(), settings.http2().allowConnect());
        ServerStream own = new ServerStream(this, stream, end);
        streams.put(stream.id(), own);
        if (verdict == RequestCheck.MALFORMED) {
            refuse(stream, own, Http2Error.PROTOCOL_ERROR);
        } else if (verdict != RequestCheck.GOOD) {
            answer(own, verdict);
        } else {
            Http2RequestHead head = new Http2RequestHead(frame.headers());
            CharSequence protocol = frame.headers().get(":protocol");
            if (protocol != null) {
                head.upgrade(protocol.toString());
            }
            RequestEvents events = service.begin(own, head, end);
            if (events != null) {
                own.events(events);
            } else if (fallThrough) {
                streams.remove(stream.id());
                ctx.fireUserEventTriggered(opened);
                if (own.onward() != null) {
                    ctx.fireUserEventTriggered(own.onward());
                }
                ctx.fireChannelRead(frame);
            } else {
                answer(own, 404);
            }
        }
        requests++;
        int most = settings.maxRequestsPerConnection();
        if (service.draining() || most > 0 && requests >= most) {
            drain();
        }
    }

    private static void answer(ServerStream own, int status) {
        DefaultHttp2Headers headers = new DefaultHttp2Headers(false);
        headers.status(Integer.toString(status)).set(HeaderNames.CONTENT_LENGTH, "0");
        own.sendHead(new Http2ResponseHead(headers), true);
    }

    private int maxLines() {
        int configured = service.settings().maxHeadersCount();
        return configured > 0 ? configured : 100;
    }

    /** A stream error of the client's making. */
    private void refuse(Http2FrameStream stream, @Nullable ServerStream own, Http2Error error) {
        writeReset(stream, error);
        if (own != null) {
            gone(own);
        }
    }

    private void gone(ServerStream own) {
        boolean attack = !own.finished() && resets.reset(own.age());
        own.onGone();
        if (attack) {
            attacked("more than half of its requests are reset at once");
        }
    }

    private void attacked(String how) {
        if (!lastGoAwaySent) {
            lastGoAwaySent = true;
            LOG.info("HTTP/2 connection of {} ended: {}", downstream.remoteAddress(), how);
            goAway(Http2Error.ENHANCE_YOUR_CALM, 0);
            ctx().close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object evt) {
        if (evt instanceof Http2FrameStreamEvent event) {
            onStreamEvent(ctx, event);
        } else {
            if (evt == DRAINED && draining) {
                lastGoAway();
            } else if (evt == DRAIN || evt == DRAINED) {
                drain();
            } else if (evt instanceof ChannelInputShutdownEvent) {
                ctx.close();
            }
            ctx.fireUserEventTriggered(evt);
        }
    }

    private void onStreamEvent(ChannelHandlerContext ctx, Http2FrameStreamEvent event) {
        Http2FrameStream stream = event.stream();
        ServerStream own = streams.get(stream.id());
        if (own == null) {
            Http2Stream.State state = stream.state();
            boolean opening = connection().remote().isValidStreamId(stream.id()) && stream.id() > lastOpened && state != Http2Stream.State.CLOSED;
            if (opening) {
                // whether a multiplexer behind may know of this stream is decided when its head comes, which is next
                lastOpened = stream.id();
                held = event;
            } else if (fallThrough) {
                ctx.fireUserEventTriggered(event);
                if (state == Http2Stream.State.CLOSED && streams.isEmpty()) {
                    rest();
                }
            }
        } else if (stream.state() == Http2Stream.State.CLOSED) {
            streams.remove(stream.id());
            own.onGone();
            if (streams.isEmpty()) {
                rest();
            }
        } else {
            own.onStreamEvent();
        }
    }

    /** No stream is open. */
    private void rest() {
        long millis = service.settings().idleTimeout().toMillis();
        if (lastGoAwaySent && connection().numActiveStreams() == 0) {
            ctx().close();
        } else if (millis > 0) {
            loop().timers().arm(idle, millis);
        } else {
            loop().timers().cancel(idle);
        }
    }

    private void drain() {
        if (!draining) {
            draining = true;
            // RFC 9113 section 6.8: requests may be on their way; the real last stream is named once the client has seen this
            goAway(Http2Error.NO_ERROR, Integer.MAX_VALUE / 2);
            loop().timers().arm(secondGoAway, Math.max(1, service.settings().drainTimeout().toMillis()));
        }
    }

    private void lastGoAway() {
        if (!lastGoAwaySent) {
            lastGoAwaySent = true;
            loop().timers().cancel(secondGoAway);
            goAway(Http2Error.NO_ERROR, 0);
            if (streams.isEmpty()) {
                rest();
            }
        }
    }

    private void goAway(Http2Error error, int extraStreams) {
        DefaultHttp2GoAwayFrame frame = new DefaultHttp2GoAwayFrame(error);
        frame.setExtraStreamIds(extraStreams);
        write(frame);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2FrameStreamException error) {
            ServerStream own = streams.get(error.stream().id());
            if (own == null && fallThrough && held == null) {
                ctx.fireExceptionCaught(cause);
            } else {
                held = null;
                resets.request();
                // a head behind the end of a request is judged as trailers first, and is wrong before that
                boolean late = error.error() == Http2Error.PROTOCOL_ERROR && own != null && own.requestEnded();
                refuse(error.stream(), own, late ? Http2Error.STREAM_CLOSED : error.error());
            }
        } else if (cause instanceof Http2Exception || cause instanceof IOException) {
            LOG.debug("HTTP/2 connection of {}: {}", downstream.remoteAddress(), cause.toString());
        } else {
            LOG.warn("HTTP/2 connection of {} ended by an error", downstream.remoteAddress(), cause);
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop().timers().cancel(idle);
        loop().timers().cancel(oldAge);
        loop().timers().cancel(secondGoAway);
        for (ServerStream own : List.copyOf(streams.values())) {
            own.onGone();
        }
        streams.clear();
        ctx.fireChannelInactive();
    }

    private final class Idle extends Deadline {
        @Override
        protected void expired() {
            if (connection().numActiveStreams() == 0) {
                ctx().close();
            }
        }
    }

    private final class OldAge extends Deadline {
        @Override
        protected void expired() {
            drain();
        }
    }

    private final class SecondGoAway extends Deadline {
        @Override
        protected void expired() {
            lastGoAway();
        }
    }
}
