package io.weft.gateway.engine;

import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Settings;
import io.weft.sidecar.resource.HttpManagerResource;

/** Netty's frame codec over a {@link MixedConnection}, with the limits of the engine's own. */
final class MixedFrameCodecBuilder extends Http2FrameCodecBuilder {

    private static final int STREAMS = 100;
    private static final int STREAM_WINDOW = 65_535;
    private static final int FIRST_CONNECTION_WINDOW = 65_535;
    private static final long MOST_CONNECTION_WINDOW = 64L << 20;
    private static final int HEADER_KB = 60;

    private MixedFrameCodecBuilder(MixedConnection connection) {
        connection(connection);
        // Netty's own limit (200 resets in 30 s) would let a few cancelling clients end a connection that many share; the engine has a ratio.
        decoderEnforceMaxRstFramesPerWindow(0, 0);
        encoderEnforceMaxRstFramesPerWindow(0, 0);
        decoderEnforceMaxConsecutiveEmptyDataFrames(8);
        decoderEnforceMaxSmallContinuationFrames(8);
        encoderEnforceMaxQueuedControlFrames(2_000);
        validateHeaders(true);
        gracefulShutdownTimeoutMillis(0);
    }

    static Http2FrameCodec build(MixedConnection connection, HttpManagerResource manager) {
        int headerKb = manager.maxRequestHeadersKb() > 0 ? manager.maxRequestHeadersKb() : HEADER_KB;
        Http2Settings settings = new Http2Settings()
                .maxConcurrentStreams(streams(manager))
                .initialWindowSize(streamWindow(manager))
                .maxHeaderListSize(headerKb * 1024L);
        return new MixedFrameCodecBuilder(connection).initialSettings(settings).build();
    }

    /** What the connection's window has to grow by at the start, so that one slow stream does not stop the others. */
    static int moreConnectionWindow(HttpManagerResource manager) {
        int wanted = manager.http2().initialConnectionWindow();
        long window = wanted > 0 ? wanted : Math.min(MOST_CONNECTION_WINDOW, (long) streams(manager) * streamWindow(manager));
        return (int) Math.max(0, window - FIRST_CONNECTION_WINDOW);
    }

    private static int streams(HttpManagerResource manager) {
        return manager.http2().maxConcurrentStreams() > 0 ? manager.http2().maxConcurrentStreams() : STREAMS;
    }

    private static int streamWindow(HttpManagerResource manager) {
        return manager.http2().initialStreamWindow() > 0 ? manager.http2().initialStreamWindow() : STREAM_WINDOW;
    }
}
