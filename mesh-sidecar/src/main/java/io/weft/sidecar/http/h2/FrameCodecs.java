package io.weft.sidecar.http.h2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DecoratingHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Settings;

/** Netty's frame codec with a limit on the frames that carry nothing, some of which never leave it (PRIORITY, connection WINDOW_UPDATE). */
final class FrameCodecs extends Http2FrameCodecBuilder {

    private final ControlBudget budget;
    private final ResetRatio resets;

    private FrameCodecs(boolean server, ControlBudget budget, ResetRatio resets) {
        this.budget = budget;
        this.resets = resets;
        server(server);
        limits();
    }

    private FrameCodecs(Http2Connection connection, ControlBudget budget, ResetRatio resets) {
        this.budget = budget;
        this.resets = resets;
        connection(connection);
        limits();
    }

    private void limits() {
        // Netty's own limits (200 resets in 30 s) let a few cancelling clients end a connection that many share; ResetRatio stands for them
        decoderEnforceMaxRstFramesPerWindow(0, 0);
        encoderEnforceMaxRstFramesPerWindow(0, 0);
        decoderEnforceMaxConsecutiveEmptyDataFrames(8);
        decoderEnforceMaxSmallContinuationFrames(8);
        encoderEnforceMaxQueuedControlFrames(2_000);
        validateHeaders(true);
        gracefulShutdownTimeoutMillis(0);
    }

    static Http2FrameCodec server(Http2Settings settings, ControlBudget budget, ResetRatio resets) {
        return new FrameCodecs(true, budget, resets).initialSettings(settings).build();
    }

    /** Over a connection of the caller's, which must be a server's. */
    static Http2FrameCodec server(Http2Connection connection, Http2Settings settings, ControlBudget budget, ResetRatio resets) {
        return new FrameCodecs(connection, budget, resets).initialSettings(settings).build();
    }

    static Http2FrameCodec client(Http2Settings settings, ControlBudget budget) {
        return new FrameCodecs(false, budget, new ResetRatio()).initialSettings(settings).build();
    }

    @Override
    protected Http2FrameCodec build(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
        CountingDecoder counting = new CountingDecoder(decoder, budget);
        if (!isServer()) {
            return super.build(counting, encoder, settings);
        }
        StrictFrameCodec codec = new StrictFrameCodec(encoder, counting, settings, decoupleCloseAndGoAway(), flushPreface(), resets);
        codec.gracefulShutdownTimeoutMillis(gracefulShutdownTimeoutMillis());
        return codec;
    }

    private static final class CountingDecoder extends DecoratingHttp2ConnectionDecoder {

        private final ControlBudget budget;

        CountingDecoder(Http2ConnectionDecoder delegate, ControlBudget budget) {
            super(delegate);
            this.budget = budget;
        }

        @Override
        public void frameListener(Http2FrameListener listener) {
            super.frameListener(new CountingListener(listener, budget));
        }
    }

    private static final class CountingListener extends Http2FrameListenerDecorator {

        private final ControlBudget budget;

        CountingListener(Http2FrameListener listener, ControlBudget budget) {
            super(listener);
            this.budget = budget;
        }

        private void count() throws Http2Exception {
            if (!budget.take()) {
                throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many frames that carry nothing");
            }
        }

        @Override
        public void onPriorityRead(ChannelHandlerContext ctx, int streamId, int dependency, short weight, boolean exclusive)
                throws Http2Exception {
            count();
            super.onPriorityRead(ctx, streamId, dependency, weight, exclusive);
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
            count();
            super.onSettingsRead(ctx, settings);
        }

        @Override
        public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
            count();
            super.onPingRead(ctx, data);
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment) throws Http2Exception {
            count();
            super.onWindowUpdateRead(ctx, streamId, increment);
        }
    }
}
