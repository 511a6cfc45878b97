package io.weft.gateway.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import io.weft.sidecar.http.h1.Http1Limits;
import io.weft.sidecar.http.h1.StrictHttpServerCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/** A Reactor Netty server whose pipeline is made as the gateway's, with a scripted engine that claims {@code /mesh…} and WebFlux behind it. */
final class PipelineServer implements AutoCloseable {

    final Drain drain = new Drain();
    final AtomicInteger springCalls = new AtomicInteger();
    private final HandshakeWebSocketService webSockets =
            new HandshakeWebSocketService(new ReactorNettyRequestUpgradeStrategy());
    private final @Nullable SslContext tls;
    private final DisposableServer server;

    PipelineServer() {
        this(null);
    }

    PipelineServer(@Nullable SslContext tls) {
        this.tls = tls;
        webSockets.start();
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .protocol(HttpProtocol.HTTP11, HttpProtocol.H2C)
                .doOnChannelInit((observer, channel, address) -> front(channel))
                .handle(new ReactorHttpHandlerAdapter(WebHttpHandlerBuilder.webHandler(this::spring).build()))
                .bindNow(Duration.ofSeconds(10));
    }

    int port() {
        return server.port();
    }

    private void front(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        channel.config().setAutoRead(true);
        if (tls != null) {
            pipeline.addBefore(ReactorPipeline.ENTRY, "tls", tls.newHandler(channel.alloc()));
        }
        pipeline.addBefore(ReactorPipeline.ENTRY, "preface", new Preface());
    }

    private Mono<Void> spring(ServerWebExchange exchange) {
        springCalls.incrementAndGet();
        String path = exchange.getRequest().getPath().value();
        if (path.equals("/ws")) {
            return webSockets.handleRequest(
                    exchange,
                    session -> session.send(session.receive()
                            .map(WebSocketMessage::getPayloadAsText)
                            .map(text -> session.textMessage("spring:" + text))));
        }
        if (path.startsWith("/slow")) {
            return Mono.delay(Duration.ofMillis(100)).then(answer(exchange, "spring:" + path));
        }
        if (path.startsWith("/early")) {
            exchange.getResponse().setStatusCode(HttpStatus.PAYLOAD_TOO_LARGE);
            return answer(exchange, "spring:early");
        }
        if (path.startsWith("/big")) {
            return exchange.getResponse().writeWith(reactor.core.publisher.Flux.range(0, 256)
                    .map(i -> exchange.getResponse().bufferFactory().wrap(new byte[16 * 1024])));
        }
        return DataBufferUtils.join(exchange.getRequest().getBody())
                .map(body -> {
                    String text = body.toString(StandardCharsets.UTF_8);
                    DataBufferUtils.release(body);
                    return text;
                })
                .defaultIfEmpty("")
                .flatMap(text -> answer(exchange, "spring:" + path + ":" + text));
    }

    private static Mono<Void> answer(ServerWebExchange exchange, String text) {
        DataBuffer body = exchange.getResponse().bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
        exchange.getResponse().getHeaders().setContentLength(body.readableByteCount());
        return exchange.getResponse().writeWith(Mono.just(body));
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(5));
    }

    /** Finds out by the first bytes what the client speaks, as the engine's listener does. */
    private final class Preface extends ChannelInboundHandlerAdapter {
        private @Nullable ByteBuf seen;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = seen == null ? (ByteBuf) message : seen.writeBytes((ByteBuf) message);
            if (seen != null) {
                ReferenceCountUtil.release(message);
            }
            seen = null;
            ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
            int length = Math.min(bytes.readableBytes(), preface.readableBytes());
            boolean same = bytes.slice(bytes.readerIndex(), length).equals(preface.slice(0, length));
            int whole = preface.readableBytes();
            preface.release();
            if (same && length < whole) {
                seen = bytes.isWritable(whole) ? bytes : ctx.alloc().buffer(64).writeBytes(bytes);
                if (seen != bytes) {
                    bytes.release();
                }
                return;
            }
            if (same) {
                MixedConnection connection = new MixedConnection();
                ReactorPipeline.http2(
                        ctx.pipeline(), connection, new FrameCodecOver(connection).build(), new ScriptedHttp2Engine(), drain);
            } else {
                ReactorPipeline.http1(
                        ctx.pipeline(), new StrictHttpServerCodec(Http1Limits.DEFAULT), new ScriptedHttp1Engine(), drain);
            }
            ctx.fireChannelRead(bytes);
            ctx.pipeline().remove(this);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            ReferenceCountUtil.release(seen);
        }
    }

    static ApplicationProtocolConfig alpn() {
        return new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                "h2",
                "http/1.1");
    }

    /** Netty's own: what the engine's adds is tested where it is. */
    private static final class FrameCodecOver extends Http2FrameCodecBuilder {
        FrameCodecOver(MixedConnection connection) {
            connection(connection);
            gracefulShutdownTimeoutMillis(0);
        }
    }
}
