package io.weft.gateway.filter;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.util.ReferenceCountUtil;
import io.weft.sidecar.message.Http1ResponseHead;
import io.weft.sidecar.message.ResponseHead;

/**
 * What becomes of a connection whose endpoint has agreed to a WebSocket: bytes both ways, past WebFlux, which has no more to say about them. Stands behind
 * the handler that hands requests over, so that this one still sees the head of the answer.
 */
final class Tunnel extends ChannelDuplexHandler {

    /** The handler of mesh-gateway's that requests of WebFlux's pass, in a connection of HTTP/1.1. */
    static final String BEHIND = "weft.spring";

    private final Transfer transfer;
    private final Transfer.Upstream upstream;
    private boolean over;

    private Tunnel(Transfer transfer, Transfer.Upstream upstream) {
        this.transfer = transfer;
        this.upstream = upstream;
    }

    /** On the event loop. */
    static void open(Transfer transfer, ResponseHead head, Transfer.Upstream upstream) {
        Channel channel = transfer.channel();
        ChannelHandlerContext before = channel.pipeline().context(BEHIND);
        if (before == null || before.pipeline().context(Tunnel.class) != null) {
            transfer.failed(UpstreamTroubleException.badGateway("a WebSocket where none can be (expected: HTTP/1.1)"));
            upstream.cancel();
            return;
        }
        Tunnel tunnel = new Tunnel(transfer, upstream);
        channel.pipeline().addAfter(BEHIND, "weft.tunnel", tunnel);
        transfer.tunnel(tunnel);
        Http1ResponseHead answer = Http1ResponseHead.from(head);
        answer.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        if (!answer.contains(HttpHeaderNames.UPGRADE)) {
            answer.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
        }
        channel.pipeline().context(tunnel).writeAndFlush(answer.response());
        channel.config().setAutoRead(true);
        channel.read();
    }

    void data(ByteBuf data, boolean end) {
        Channel channel = transfer.channel();
        ChannelFuture written = channel.pipeline().context(this).writeAndFlush(data);
        if (end) {
            over = true;
            // What still waits for a slow client goes out first.
            written.addListener(ChannelFutureListener.CLOSE);
        } else if (!channel.isWritable()) {
            upstream.reading(false);
        }
    }

    /** The endpoint is gone. */
    void broken() {
        over = true;
        transfer.channel().close();
    }

    void requestReading(boolean wanted) {
        transfer.channel().config().setAutoRead(wanted);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes && !over) {
            upstream.data(bytes, false);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {}

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            upstream.reading(true);
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!over) {
            over = true;
            upstream.cancel();
        }
        ctx.fireChannelInactive();
    }
}
