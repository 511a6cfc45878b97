package io.weft.sidecar.http.h2;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Settings;
import io.weft.sidecar.cluster.pool.ConnectionOwner;
import io.weft.sidecar.cluster.pool.UpstreamCodec;
import io.weft.sidecar.cluster.pool.UpstreamConnection;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.ClusterResource;

/** Speaks HTTP/2 to endpoints: one connection, many streams. */
public final class Http2UpstreamCodec implements UpstreamCodec {

    private static final int STREAM_WINDOW = 65_535;
    /** A client that reads slowly stops its own stream, never the connection it shares: bytes held are bounded by the streams' windows. */
    private static final int CONNECTION_WINDOW = 64 << 20;
    private static final int HEADER_BYTES = 60 * 1024;

    @Override
    public UpstreamConnection install(Channel channel, LoopState loop, ConnectionOwner owner, ClusterResource.HttpProtocol options) {
        Http2Settings settings = Http2Settings.defaultSettings()
                .pushEnabled(false)
                .initialWindowSize(STREAM_WINDOW)
                .maxHeaderListSize(HEADER_BYTES);
        ControlBudget budget = new ControlBudget();
        Http2ClientHandler handler =
                new Http2ClientHandler(channel, loop, owner, options, CONNECTION_WINDOW - STREAM_WINDOW, budget);
        channel.config().setAutoRead(true);
        channel.pipeline().addLast("weft.http2Frames", FrameCodecs.client(settings, budget));
        channel.pipeline().addLast("weft.http2", handler);
        owner.onReady(handler);
        return handler;
    }
}
