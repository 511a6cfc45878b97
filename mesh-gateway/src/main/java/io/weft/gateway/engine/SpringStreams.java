package io.weft.gateway.engine;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;

/**
 * The streams of an HTTP/2 connection that go on to WebFlux; it stands between the engine and Netty's multiplexer.
 *
 * <p>The multiplexer makes a child channel as soon as it hears that a stream has become active, which is before the stream's HEADERS frame. That news is
 * held back here until the frame comes by, which means that the engine has not claimed it; then both go on. Of a stream whose
 * HEADERS never come by, the multiplexer hears nothing.
 */
final class SpringStreams extends ChannelInboundHandlerAdapter {

    private final MixedConnection connection;
    private final Drain drain;
    private final IntObjectMap<Http2FrameStreamEvent> news = new IntObjectHashMap<>();

    SpringStreams(MixedConnection connection, Drain drain) {
        this.connection = connection;
        this.drain = drain;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof Http2FrameStreamEvent streamEvent)) {
            ctx.fireUserEventTriggered(event);
            return;
        }
        Http2FrameStream stream = streamEvent.stream();
        boolean multiplexed = connection.isMultiplexed(stream.id());
        if (stream.state() == Http2Stream.State.CLOSED) {
            news.remove(stream.id());
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
                ctx.fireUserEventTriggered(held);
            }
        }
        ctx.fireChannelRead(message);
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
        // What the codec did not close before it went, for one when the channel died in the middle of a read.
        for (int left = connection.multiplexed(); left > 0; left--) {
            drain.closed();
        }
    }
}
