package io.weft.sidecar.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2CodecUtil;
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
        HttpManagerResource.Http2Options options = connection.service().settings().http2();
        int streamWindow = options.initialStreamWindow() > 0 ? options.initialStreamWindow() : STREAM_WINDOW;
        int streams = options.maxConcurrentStreams() > 0 ? options.maxConcurrentStreams() : STREAMS;
        // one slow stream must not stop the others: room for all of them, memory is bounded by the streams' windows
        long all = Math.min(64L << 20, (long) streams * streamWindow);
        long window = options.initialConnectionWindow() > 0 ? options.initialConnectionWindow() : all;
        pipeline.channel().config().setAutoRead(true);
        Http2Settings settings = settings(connection.service().settings(), streams, streamWindow);
        int extra = (int) Math.max(0, window - DEFAULT_WINDOW);
        pipeline.addLast("weft.http2Frames", FrameCodecs.server(settings, budget, resets));
        pipeline.addLast(HANDLER, new Http2ServerHandler(connection, false, extra, budget, resets));
    }

    /**
     * The handler alone, for a pipeline whose frame codec is somebody else's: to be added between that and its multiplexer, which gets every stream
     * that the engine does not claim.
     */
    public static Http2ServerHandler beforeMultiplexer(DownstreamConnection connection) {
        return new Http2ServerHandler(connection, true, 0, new ControlBudget(), new ResetRatio());
    }

    private static Http2Settings settings(HttpManagerResource manager, int streams, int streamWindow) {
        int headerBytes = manager.maxRequestHeadersKb() > 0 ? manager.maxRequestHeadersKb() * 1024 : HEADER_BYTES;
        Http2Settings settings = new Http2Settings()
                .maxConcurrentStreams(streams)
                .initialWindowSize(streamWindow)
                .maxHeaderListSize(headerBytes);
        if (manager.http2().allowConnect()) {
            settings.connectProtocolEnabled(true);
        }
        return settings;
    }
}
