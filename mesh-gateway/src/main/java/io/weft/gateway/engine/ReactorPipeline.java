package io.weft.gateway.engine;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.util.ReferenceCountUtil;
import io.weft.sidecar.http.h1.StrictHttpServerCodec;
import java.util.List;
import reactor.netty.NettyPipeline;

/**
 * What Reactor Netty has put into a new connection's pipeline, and how it becomes a pipeline of one protocol with the engine in it.
 *
 * <p>An {@code HttpServer} with the protocols HTTP/1.1 and H2C leaves {@code H2CUpgradeHandler · HttpServerCodec ·
 * HttpServerUpgradeHandler · HttpTrafficHandler · ReactiveBridge} and would find out by itself what the client speaks. We have to know
 * first, because the TLS is ours and because the codecs are.
 */
final class ReactorPipeline {

    static final String ENGINE = "weft.engine";
    private static final String SPRING = "weft.spring";
    private static final String FIELDS = "weft.connectionFields";
    private static final String SILENCE = "weft.silence";
    private static final String FRAME_CODEC = "weft.frameCodec";

    /** What stands before Reactor's handlers for the sake of HTTP/1.1 exchanges. */
    static final List<String> OF_HTTP1 = List.of(FIELDS, ENGINE);

    private ReactorPipeline() {}

    /** Everything of ours goes before this handler; nothing of the client's may reach it before one of the methods below was called. */
    static final String ENTRY = NettyPipeline.H2CUpgradeHandler;

    /** HTTP/1.1 from here on. Reactor's upgrade to HTTP/2 by header goes with its codec: it would buffer bodies and is not ours to offer. */
    static void http1(ChannelPipeline pipeline, StrictHttpServerCodec codec, ChannelHandler engine, Drain drain) {
        pipeline.remove(HttpServerUpgradeHandler.class);
        pipeline.remove(HttpServerCodec.class);
        ConnectionFields fields = new ConnectionFields();
        pipeline.addAfter(ENTRY, FIELDS, fields);
        pipeline.addAfter(FIELDS, ENGINE, engine);
        pipeline.addAfter(ENGINE, SPRING, new SpringExchanges(fields, drain));
        pipeline.addBefore(ENTRY, NettyPipeline.HttpCodec, new ChannelOutboundHandlerAdapter());
        codec.replace(pipeline, NettyPipeline.HttpCodec);
        pipeline.remove(ENTRY);
    }

    /**
     * HTTP/2 from here on. Reactor is shown a preface so that it puts up its multiplexer, and its frame codec is taken away again: a
     * multiplexer works with the first codec it finds when it is added, and that is ours.
     *
     * @param codec over {@code connection}
     */
    static void http2(ChannelPipeline pipeline, MixedConnection connection, Http2FrameCodec codec, ChannelHandler engine, Drain drain) {
        pipeline.addBefore(ENTRY, FRAME_CODEC, codec);
        // What Reactor's codec wants to say, its SETTINGS, must not reach the client: ours has said it.
        pipeline.addAfter(FRAME_CODEC, SILENCE, new Silence());
        pipeline.context(SILENCE).fireChannelRead(Http2CodecUtil.connectionPrefaceBuf());
        pipeline.remove(NettyPipeline.HttpCodec);
        pipeline.remove(SILENCE);
        pipeline.addBefore(NettyPipeline.H2MultiplexHandler, SPRING, new SpringStreams(connection, drain));
        pipeline.addBefore(SPRING, ENGINE, engine);
    }

    /** Neither: bytes go through, and nothing of Reactor's is left to look at them. */
    static void bytes(ChannelPipeline pipeline) {
        pipeline.remove(HttpServerUpgradeHandler.class);
        pipeline.remove(HttpServerCodec.class);
        pipeline.remove(ENTRY);
        pipeline.remove(NettyPipeline.HttpTrafficHandler);
        pipeline.remove(NettyPipeline.ReactiveBridge);
    }

    /** Swallows everything on its way out. */
    private static final class Silence extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            promise.trySuccess();
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {}
    }
}
