package io.weft.sidecar.listener;

import io.netty.channel.ChannelPipeline;
import io.weft.sidecar.http.DownstreamConnection;
import io.weft.sidecar.http.FallThrough;
import io.weft.sidecar.http.h1.Http1DownstreamHandler;
import io.weft.sidecar.http.h1.Http1Limits;
import io.weft.sidecar.http.h1.StrictHttpServerCodec;
import io.weft.sidecar.http.h2.Http2Server;
import org.jspecify.annotations.Nullable;

/** How the last part of a connection's pipeline is put together once its protocol is known. */
public interface PipelineAssembly {
    /** HTTP/1: the strict codec and the engine's handler. */
    void http1(ChannelPipeline pipeline, DownstreamConnection connection, Http1Limits limits);

    /** HTTP/2: frame codec and the engine's handler. */
    void http2(ChannelPipeline pipeline, DownstreamConnection connection);

    /** Who gets requests without a route, by handlers behind the engine's; null: nobody. */
    @Nullable FallThrough fallThrough();

    /** Nothing but the engine in the pipeline: the sidecar. */
    PipelineAssembly LEAN = new PipelineAssembly() {
        @Override
        public void http1(ChannelPipeline pipeline, DownstreamConnection connection, Http1Limits limits) {
            new StrictHttpServerCodec(limits).addLast(pipeline, "weft.http1");
            pipeline.addLast("weft.engine", new Http1DownstreamHandler(connection));
        }

        @Override
        public void http2(ChannelPipeline pipeline, DownstreamConnection connection) {
            Http2Server.addLast(pipeline, connection);
        }

        @Override
        public @Nullable FallThrough fallThrough() {
            return null;
        }
    };
}
