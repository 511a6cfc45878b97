package io.weft.gateway.engine;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Claims streams to {@code /mesh…} and echoes their bodies frame by frame; passes the frames of others on. */
final class ScriptedHttp2Engine extends ChannelDuplexHandler {

    private final Map<Http2FrameStream, StringBuilder> claimed = new HashMap<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2HeadersFrame headers && headers.headers().path() != null
                && headers.headers().path().toString().startsWith("/mesh")) {
            claimed.put(headers.stream(), new StringBuilder("engine:" + headers.headers().path() + ":"));
            if (headers.headers().path().toString().startsWith("/mesh/hold")) {
                return;
            }
            if (headers.isEndStream()) {
                answer(ctx, headers.stream());
            }
        } else if (message instanceof Http2StreamFrame frame && claimed.containsKey(frame.stream())) {
            if (message instanceof Http2DataFrame data) {
                claimed.get(data.stream()).append(data.content().toString(StandardCharsets.UTF_8));
                ctx.write(new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes()).stream(data.stream()));
                if (data.isEndStream()) {
                    answer(ctx, data.stream());
                }
            }
            ReferenceCountUtil.release(message);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private void answer(ChannelHandlerContext ctx, Http2FrameStream stream) {
        String text = claimed.remove(stream).toString();
        ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")).stream(stream));
        ctx.writeAndFlush(
                new DefaultHttp2DataFrame(ByteBufUtil.writeUtf8(ctx.alloc(), text), true).stream(stream));
    }
}
