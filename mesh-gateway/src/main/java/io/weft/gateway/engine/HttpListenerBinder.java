package io.weft.gateway.engine;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.weft.sidecar.http.DownstreamConnection;
import io.weft.sidecar.http.FallThrough;
import io.weft.sidecar.http.h1.Http1DownstreamHandler;
import io.weft.sidecar.http.h1.Http1Limits;
import io.weft.sidecar.http.h1.StrictHttpServerCodec;
import io.weft.sidecar.http.h2.Http2Server;
import io.weft.sidecar.listener.ListenerBinder;
import io.weft.sidecar.listener.PipelineAssembly;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** Opens each listener as a Reactor Netty HTTP server of its own, in whose pipelines the engine stands before WebFlux. */
final class HttpListenerBinder implements ListenerBinder, PipelineAssembly {

    private final Supplier<LoopResources> loops;
    private final HttpHandler webFlux;
    private final FallThrough fallThrough;
    private final Drain drain;

    /** @param fallThrough says what WebFlux is asked for before the mesh's routes are */
    HttpListenerBinder(Supplier<LoopResources> loops, HttpHandler webFlux, FallThrough fallThrough, Drain drain) {
        this.loops = loops;
        this.webFlux = webFlux;
        this.fallThrough = fallThrough;
        this.drain = drain;
    }

    @Override
    public DisposableServer bind(String host, int port, Consumer<Channel> accepted) {
        return HttpServer.create()
                .runOn(loops.get())
                .host(host)
                .port(port)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 128 * 1024))
                // Cleartext ones: TLS is the engine's, in front of all that.
                .protocol(HttpProtocol.HTTP11, HttpProtocol.H2C)
                .doOnChannelInit((observer, channel, remote) -> accept(channel, accepted))
                .handle(new ReactorHttpHandlerAdapter(webFlux))
                .bindNow();
    }

    private void accept(Channel channel, Consumer<Channel> accepted) {
        // Reactor Netty insists on reading on demand by default; the engine does not, see SpringExchanges.
        channel.config().setAutoRead(true);
        accepted.accept(channel);
    }

    @Override
    public PipelineAssembly assembly() {
        return this;
    }

    @Override
    public void http1(ChannelPipeline pipeline, DownstreamConnection connection, Http1Limits limits) {
        ReactorPipeline.http1(
                pipeline, new StrictHttpServerCodec(limits), new Http1DownstreamHandler(connection), drain);
    }

    @Override
    public void http2(ChannelPipeline pipeline, DownstreamConnection connection) {
        MixedConnection frames = new MixedConnection();
        Http2Server.Mixed engine = Http2Server.mixed(frames, connection);
        ReactorPipeline.http2(pipeline, frames, engine.codec(), engine.handler(), drain);
    }

    @Override
    public FallThrough fallThrough() {
        return fallThrough;
    }
}
