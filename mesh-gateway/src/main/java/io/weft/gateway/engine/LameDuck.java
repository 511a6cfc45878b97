package io.weft.gateway.engine;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.weft.sidecar.http.h2.Http2ServerHandler;

/**
 * Keeps from an HTTP/1.1 connection at rest that the gateway drains, as long as the drain time lasts. The engine would close it at once, and a client
 * that is just sending its next request would lose it; this way it gets an answer, which says that the connection ends.
 */
final class LameDuck extends ChannelInboundHandlerAdapter {

    private final Drain drain;

    LameDuck(Drain drain) {
        this.drain = drain;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event != Http2ServerHandler.DRAIN || drain.restEnds()) {
            ctx.fireUserEventTriggered(event);
        }
    }
}
