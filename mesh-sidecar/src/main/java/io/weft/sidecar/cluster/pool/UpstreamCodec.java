package io.weft.sidecar.cluster.pool;

import io.netty.channel.Channel;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.ClusterResource;

/** Speaks one protocol to endpoints. */
public interface UpstreamCodec {
    /**
     * Fills the pipeline of a channel that has connected (TLS, if any, is in place and its handshake done) and calls
     * {@link ConnectionOwner#onReady} when streams may be opened. Called on the channel's loop.
     */
    UpstreamConnection install(Channel channel, LoopState loop, ConnectionOwner owner, ClusterResource.HttpProtocol options);
}
