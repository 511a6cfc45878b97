package io.weft.gateway.engine;

import io.netty.handler.codec.http2.Http2FrameCodecBuilder;

/** Netty's frame codec over a {@link MixedConnection}; everything else is set as on its parent. */
final class MixedFrameCodecBuilder extends Http2FrameCodecBuilder {

    MixedFrameCodecBuilder(MixedConnection connection) {
        connection(connection);
    }
}
