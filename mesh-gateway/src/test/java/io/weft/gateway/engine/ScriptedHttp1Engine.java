package io.weft.gateway.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.weft.sidecar.http.h1.Http1Refusal;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Claims {@code /mesh…} and echoes the body; {@code /mesh/slow} a little later; answers what the codec refused; passes the rest on. */
final class ScriptedHttp1Engine extends ChannelDuplexHandler {

    private @Nullable String claimed;
    private @Nullable ByteBuf body;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            if (request.decoderResult().isFailure()) {
                refuse(ctx, (Http1Refusal) request.decoderResult().cause());
                return;
            }
            if (request.uri().startsWith("/mesh/ws")) {
                claimed = request.uri();
                return;
            }
            if (request.uri().startsWith("/mesh")) {
                claimed = request.uri();
                body = ctx.alloc().buffer();
                if (HttpUtil.is100ContinueExpected(request)) {
                    ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
                }
                return;
            }
            // As the engine does before it decides.
            request.headers().remove("connection").remove("upgrade").remove("expect");
        }
        if (claimed == null || body == null && !(message instanceof HttpContent || message instanceof ByteBuf)) {
            ctx.fireChannelRead(message);
        } else if (body == null) {
            if (message instanceof LastHttpContent) {
                ctx.writeAndFlush(switching());
            }
            // Switched: raw bytes come back as they are. The end of the upgrade request is no byte of it.
            if (message instanceof ByteBuf) {
                ctx.writeAndFlush(message);
            } else {
                ReferenceCountUtil.release(message);
            }
        } else {
            consume(ctx, (HttpContent) message);
        }
    }

    private void consume(ChannelHandlerContext ctx, HttpContent content) {
        ByteBuf all = body;
        String path = claimed;
        if (all == null || path == null) {
            throw new IllegalStateException("content without a request");
        }
        all.writeBytes(content.content());
        content.release();
        if (content instanceof LastHttpContent) {
            body = null;
            claimed = null;
            if (path.startsWith("/mesh/slow")) {
                ctx.executor().schedule(() -> answer(ctx, path, all), 100, TimeUnit.MILLISECONDS);
            } else {
                answer(ctx, path, all);
            }
        }
    }

    private static void answer(ChannelHandlerContext ctx, String path, ByteBuf body) {
        String text = "engine:" + path + ":" + body.toString(StandardCharsets.UTF_8);
        body.release();
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, ByteBufUtil.writeUtf8(ctx.alloc(), text));
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        ctx.writeAndFlush(response);
    }

    private static DefaultHttpResponse switching() {
        DefaultHttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        response.headers().set(HttpHeaderNames.CONNECTION, "Upgrade").set(HttpHeaderNames.UPGRADE, "websocket");
        return response;
    }

    private static void refuse(ChannelHandlerContext ctx, Http1Refusal refusal) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, refusal.status());
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0).set(HttpHeaderNames.CONNECTION, "close");
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (body != null) {
            body.release();
            body = null;
        }
    }
}
