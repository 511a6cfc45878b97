package io.weft.sidecar.http.h2;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Stream;
import io.weft.sidecar.loop.LoopState;
import org.jspecify.annotations.Nullable;

/** What both ends of HTTP/2 need of the frame codec before them: writes that are flushed once, windows, writability. */
abstract class FrameHandler extends Http2ChannelDuplexHandler implements LoopState.Flushable {

    private final LoopState loop;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Http2Connection connection;
    private boolean dirty;

    FrameHandler(LoopState loop) {
        this.loop = loop;
    }

    @Override
    protected void handlerAdded0(ChannelHandlerContext ctx) throws Exception {
        this.ctx = ctx;
        this.connection = ctx.pipeline().get(Http2FrameCodec.class).connection();
    }

    final LoopState loop() {
        return loop;
    }

    final ChannelHandlerContext ctx() {
        ChannelHandlerContext own = ctx;
        if (own == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return own;
    }

    final Http2Connection connection() {
        Http2Connection own = connection;
        if (own == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return own;
    }

    final ChannelFuture write(Object frame) {
        touch();
        return ctx().write(frame);
    }

    final void writeReset(Http2FrameStream stream, Http2Error error) {
        write(new DefaultHttp2ResetFrame(error).stream(stream));
    }

    private void touch() {
        if (!dirty) {
            dirty = true;
            loop.flushLater(this);
        }
    }

    @Override
    public final void flushNow() {
        dirty = false;
        ctx().flush();
    }

    /** Gives window back: the bytes have gone on. */
    final void consume(int id, int bytes) {
        Http2Stream stream = bytes > 0 ? connection().stream(id) : null;
        if (stream != null) {
            try {
                if (connection().local().flowController().consumeBytes(stream, bytes)) {
                    touch();
                }
            } catch (Http2Exception e) {
                ctx().fireExceptionCaught(e);
            }
        }
    }

    /** Whether window and socket take more of this stream than waits already. */
    final boolean writable(int id) {
        Http2Stream stream = connection().stream(id);
        return stream == null || connection().remote().flowController().isWritable(stream);
    }
}
