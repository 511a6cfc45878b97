package io.weft.gateway.engine;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;

/**
 * Remembers what the current request says to this connection and to nobody behind it. The engine takes those fields off before it
 * decides; if it does not claim the request, Reactor Netty is the one that has to know whether to keep the connection, to answer
 * {@code 100 Continue} or to become a WebSocket.
 *
 * <p>Stands before the engine; the strict codec lets one request at a time pass, so there is one to remember.
 */
final class ConnectionFields extends ChannelInboundHandlerAdapter {

    private boolean close;
    private boolean expectsContinue;
    private boolean webSocket;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            close = !HttpUtil.isKeepAlive(request);
            expectsContinue = HttpUtil.is100ContinueExpected(request);
            webSocket = wantsWebSocket(request);
        }
        ctx.fireChannelRead(message);
    }

    private static boolean wantsWebSocket(HttpRequest request) {
        HttpHeaders headers = request.headers();
        return HttpMethod.GET.equals(request.method())
                && headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
    }

    /** Puts back what Reactor has to see, and nothing else the client said. */
    void restore(HttpRequest request) {
        HttpHeaders headers = request.headers();
        headers.remove(HttpHeaderNames.CONNECTION);
        headers.remove(HttpHeaderNames.UPGRADE);
        if (webSocket) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
        } else if (close) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        if (expectsContinue) {
            headers.set(HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE);
        }
    }
}
