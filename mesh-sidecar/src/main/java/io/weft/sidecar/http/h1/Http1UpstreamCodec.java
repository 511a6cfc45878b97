package io.weft.sidecar.http.h1;

import io.netty.channel.Channel;
import io.weft.sidecar.cluster.pool.ConnectionOwner;
import io.weft.sidecar.cluster.pool.UpstreamCodec;
import io.weft.sidecar.cluster.pool.UpstreamConnection;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.ClusterResource;

/** Speaks HTTP/1.1 to endpoints: {@link StrictHttpClientCodec} and one stream at a time behind it. */
public final class Http1UpstreamCodec implements UpstreamCodec {
    private final Http1Limits limits;

    public Http1UpstreamCodec() {
        this(Http1Limits.DEFAULT);
    }

    public Http1UpstreamCodec(Http1Limits limits) {
        this.limits = limits;
    }

    @Override
    public UpstreamConnection install(
            Channel channel, LoopState loop, ConnectionOwner owner, ClusterResource.HttpProtocol options) {
        StrictHttpClientCodec codec = new StrictHttpClientCodec(limits);
        Http1UpstreamConnection connection = new Http1UpstreamConnection(channel, loop, owner, codec, options);
        channel.pipeline().addLast(codec, connection);
        if (channel.isActive()) {
            owner.onReady(connection);
        } else {
            owner.onClosed(connection);
        }
        return connection;
    }
}
