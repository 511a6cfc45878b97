package io.weft.gateway.engine;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.weft.gateway.filter.Handover;
import io.weft.sidecar.http.Onward;
import io.weft.sidecar.message.Http2Fields;
import io.weft.sidecar.message.Http2ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * The streams of an HTTP/2 connection that go on to WebFlux; it stands between the engine and Netty's multiplexer.
 *
 * <p>The multiplexer makes a child channel as soon as it hears that a stream has become active, which is before the stream's HEADERS frame. That news is
 * held back here until the frame comes by, which means that the engine has not claimed it; then both go on. Of a stream whose
 * HEADERS never come by, the multiplexer hears nothing.
 */
final class SpringStreams extends ChannelDuplexHandler {

    private final MixedConnection connection;
    private final Drain drain;
    private final IntObjectMap<Http2FrameStreamEvent> news = new IntObjectHashMap<>();
    /** The engine's half of the request whose HEADERS come next. */
    private @Nullable Onward next;

    SpringStreams(MixedConnection connection, Drain drain) {
        this.connection = connection;
        this.drain = drain;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Onward request) {
            next = request;
            return;
        }
        if (!(event instanceof Http2FrameStreamEvent streamEvent)) {
            ctx.fireUserEventTriggered(event);
            return;
        }
        Http2FrameStream stream = streamEvent.stream();
        boolean multiplexed = connection.isMultiplexed(stream.id());
        if (stream.state() == Http2Stream.State.CLOSED) {
            news.remove(stream.id());
            Onward record = Handover.streamEnded(ctx.channel(), stream.id());
            if (record != null) {
                record.brokenOff();
            }
            if (multiplexed) {
                ctx.fireUserEventTriggered(event);
                connection.gone(stream.id());
                drain.closed();
            }
        } else if (multiplexed) {
            ctx.fireUserEventTriggered(event);
        } else {
            news.put(stream.id(), streamEvent);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2HeadersFrame headers) {
            Http2FrameStreamEvent held = news.remove(headers.stream().id());
            if (held != null) {
                connection.multiplexed(headers.stream().id());
                drain.opened();
                if (next != null) {
                    Handover.stream(ctx.channel(), headers.stream().id(), next);
                    next = null;
                }
                ctx.fireUserEventTriggered(held);
            }
        }
        if (message instanceof Http2DataFrame data) {
            Onward record = Handover.stream(ctx.channel(), data.stream().id());
            if (record != null) {
                record.seeRequestData(data.content());
            }
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof Http2StreamFrame frame && frame.stream() != null) {
            Onward record = Handover.stream(ctx.channel(), frame.stream().id());
            if (record != null) {
                see(record, frame);
            }
        }
        ctx.write(message, promise);
    }

    /** What goes by of the answer belongs to the engine's record. */
    private static void see(Onward record, Http2StreamFrame frame) {
        if (frame instanceof Http2HeadersFrame headers) {
            if (headers.headers().status() == null) {
                record.seeTrailers(new Http2Fields(headers.headers()));
            } else {
                Http2ResponseHead head = new Http2ResponseHead(headers.headers());
                if (head.status() >= 200) {
                    record.seeHead(head);
                }
            }
            if (headers.isEndStream()) {
                record.ended();
            }
        } else if (frame instanceof Http2DataFrame data) {
            record.seeData(data.content());
            if (data.isEndStream()) {
                record.ended();
            }
        } else if (frame instanceof Http2ResetFrame) {
            record.brokenOff();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        connection.hidingOthers(ctx::fireChannelWritabilityChanged);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2FrameStreamException failed && !connection.isMultiplexed(failed.stream().id())) {
            // Its HEADERS were refused, so nobody has it; left alone it would stay open for ever.
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(failed.error()).stream(failed.stream()));
        } else {
            connection.hidingOthers(() -> ctx.fireExceptionCaught(cause));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        news.clear();
        connection.hidingOthers(ctx::fireChannelInactive);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        Handover.streamsEnded(ctx.channel(), Onward::brokenOff);
        // What the codec did not close before it went, for one when the channel died in the middle of a read.
        for (int left = connection.multiplexed(); left > 0; left--) {
            drain.closed();
        }
    }
}
