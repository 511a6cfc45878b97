package io.weft.sidecar.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2Settings;
import io.weft.sidecar.http.DownstreamConnection;
import io.weft.sidecar.resource.HttpManagerResource;

/** Makes a connection speak HTTP/2 as a server. */
public final class Http2Server {

    /** Name of {@link Http2ServerHandler} in the pipeline. */
    public static final String HANDLER = "weft.http2";

    private static final int STREAMS = 100;
    private static final int STREAM_WINDOW = 65_535;
    private static final int DEFAULT_WINDOW = 65_535;
    private static final long MOST_WINDOW = 64L << 20;
    private static final int HEADER_BYTES = 60 * 1024;

    private Http2Server() {}

    /** What the first bytes of a plaintext connection say. */
    public enum Preface {
        HTTP2,
        OTHER,
        /** So far it is the preface, but it is not all there. */
        UNDECIDED
    }

    /** Whether {@code bytes} start with the connection preface (RFC 9113 section 3.4); reads nothing. */
    public static Preface sniff(ByteBuf bytes) {
        ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
        int n = Math.min(bytes.readableBytes(), preface.readableBytes());
        for (int i = 0; i < n; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != preface.getByte(i)) {
                return Preface.OTHER;
            }
        }
        return n == preface.readableBytes() ? Preface.HTTP2 : Preface.UNDECIDED;
    }

    /** Adds frame codec and handler at the end. The engine claims everything. */
    public static void addLast(ChannelPipeline pipeline, DownstreamConnection connection) {
        ControlBudget budget = new ControlBudget();
        ResetRatio resets = new ResetRatio();
        HttpManagerResource manager = connection.service().settings();
        pipeline.channel().config().setAutoRead(true);
        pipeline.addLast("weft.http2Frames", FrameCodecs.server(settings(manager), budget, resets));
        pipeline.addLast(HANDLER, new Http2ServerHandler(connection, false, moreWindow(manager), budget, resets));
    }

    /**
     * Frame codec and handler for a pipeline with a multiplexer at its end, which gets every stream that the engine does not claim.
     *
     * @param codec belongs directly before {@code handler}; has the limits of the engine's own
     * @param handler belongs between codec and multiplexer; opens the connection's window when it is added
     */
    public record Mixed(Http2FrameCodec codec, Http2ServerHandler handler) {}

    /** @param frames a server's connection, which the codec takes as its own: for a caller that has to know which streams the multiplexer may see */
    public static Mixed mixed(Http2Connection frames, DownstreamConnection connection) {
        ControlBudget budget = new ControlBudget();
        ResetRatio resets = new ResetRatio();
        HttpManagerResource manager = connection.service().settings();
        return new Mixed(
                FrameCodecs.server(frames, settings(manager), budget, resets),
                new Http2ServerHandler(connection, true, moreWindow(manager), budget, resets));
    }

    /** One slow stream must not stop the others: the connection has room for all of them, memory is bounded by the streams' windows. */
    private static int moreWindow(HttpManagerResource manager) {
        int configured = manager.http2().initialConnectionWindow();
        long window = configured > 0 ? configured : Math.min(MOST_WINDOW, (long) streams(manager) * streamWindow(manager));
        return (int) Math.max(0, window - DEFAULT_WINDOW);
    }

    private static int streams(HttpManagerResource manager) {
        return manager.http2().maxConcurrentStreams() > 0 ? manager.http2().maxConcurrentStreams() : STREAMS;
    }

    private static int streamWindow(HttpManagerResource manager) {
        return manager.http2().initialStreamWindow() > 0 ? manager.http2().initialStreamWindow() : STREAM_WINDOW;
    }

    private static Http2Settings settings(HttpManagerResource manager) {
        int headerBytes = manager.maxRequestHeadersKb() > 0 ? manager.maxRequestHeadersKb() * 1024 : HEADER_BYTES;
        Http2Settings settings = new Http2Settings()
                .maxConcurrentStreams(streams(manager))
                .initialWindowSize(streamWindow(manager))
                .maxHeaderListSize(headerBytes);
        if (manager.http2().allowConnect()) {
            settings.connectProtocolEnabled(true);
        }
        return settings;
    }
}
