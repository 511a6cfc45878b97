package io.weft.gateway.engine;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Keeps from the engine that the client has ended its half of a stream that is WebFlux's: the engine would take the news for that of a
 * new stream, and then the next new one for an old. The multiplexer has no use for it either; it goes by the frames.
 */
final class SettledStreams extends ChannelInboundHandlerAdapter {

    private final MixedConnection connection;

    SettledStreams(MixedConnection connection) {
        this.connection = connection;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2FrameStreamEvent streamEvent
                && streamEvent.stream().state() != Http2Stream.State.CLOSED
                && connection.isMultiplexed(streamEvent.stream().id())) {
            return;
        }
        ctx.fireUserEventTriggered(event);
    }
}
