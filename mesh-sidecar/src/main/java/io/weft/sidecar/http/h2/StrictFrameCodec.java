package io.weft.sidecar.http.h2;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * The server's frame codec. HEADERS or DATA on a stream that is over, or was skipped, end the connection (RFC 9113 sections 5.1, 5.1.1); Netty
 * resets the stream once more, because it does not know whether the frame was on its way when the stream was reset here. We remember that.
 */
final class StrictFrameCodec extends Http2FrameCodec {

    private static final int REMEMBERED = 256;

    private final ResetRatio resets;
    private final int[] recentlyReset = new int[REMEMBERED];
    private int next;

    StrictFrameCodec(
            Http2ConnectionEncoder encoder,
            Http2ConnectionDecoder decoder,
            Http2Settings settings,
            boolean decoupleCloseAndGoAway,
            boolean flushPreface,
            ResetRatio resets) {
        super(encoder, decoder, settings, decoupleCloseAndGoAway, flushPreface);
        this.resets = resets;
    }

    @Override
    public ChannelFuture resetStream(ChannelHandlerContext ctx, int streamId, long errorCode, ChannelPromise promise) {
        remember(streamId);
        return super.resetStream(ctx, streamId, errorCode, promise);
    }

    @Override
    public void onError(ChannelHandlerContext ctx, boolean outbound, Throwable cause) {
        Throwable told = cause;
        if (!outbound && cause instanceof Http2Exception.StreamException error && connection().stream(error.streamId()) == null) {
            if (error.error() == Http2Error.STREAM_CLOSED && !wasReset(error.streamId())) {
                told = Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "frame on stream %d, which is over or was skipped", error.streamId());
            } else {
                remember(error.streamId());
                resets.request();
                if (resets.reset(0)) {
                    told = Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "more than half of the requests are reset at once");
                }
            }
        }
        super.onError(ctx, outbound, told);
    }

    private void remember(int streamId) {
        recentlyReset[next] = streamId;
        next = (next + 1) % REMEMBERED;
    }

    private boolean wasReset(int streamId) {
        for (int id : recentlyReset) {
            if (id == streamId) {
                return true;
            }
        }
        return false;
    }
}
