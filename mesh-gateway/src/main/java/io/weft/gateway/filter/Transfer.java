package io.weft.gateway.filter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.weft.sidecar.http.Onward;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.ResponseHead;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;
import reactor.util.context.Context;

/**
 * One request of WebFlux's on its way through the engine, and its answer on the way back. To Spring Cloud Gateway's filters it is the connection to the endpoint:
 * who disposes of it lets the endpoint go. State belongs to the event loop of the client's connection.
 */
final class Transfer implements Connection, RequestStream.Sink {

    /** The engine's side. */
    interface Upstream {
        /** Takes the buffer over. */
        void data(ByteBuf data, boolean end);

        /** Backpressure of the answer. */
        void reading(boolean reading);

        void cancel();
    }

    private final ServerWebExchange exchange;
    private final Onward onward;
    private final MonoSink<Void> started;
    private final AnswerBody body;
    private @Nullable Upstream upstream;
    private @Nullable RequestStream request;
    private @Nullable HeaderBlock trailers;
    private @Nullable Tunnel tunnel;
    /** Whoever waits for the head knows of it, or of its failure. */
    private boolean told;
    private boolean over;
    private boolean sized;
    private long left;

    /** @param started completes with the answer's head in the exchange's response, or fails */
    Transfer(ServerWebExchange exchange, Onward onward, MonoSink<Void> started) {
        this.exchange = exchange;
        this.onward = onward;
        this.started = started;
        this.body = new AnswerBody(onward.connection().loop().eventLoop(), buffers(exchange), this::reading, this::cancel);
    }

    private static NettyDataBufferFactory buffers(ServerWebExchange exchange) {
        DataBufferFactory factory = exchange.getResponse().bufferFactory();
        return factory instanceof NettyDataBufferFactory netty ? netty : new NettyDataBufferFactory(ByteBufAllocator.DEFAULT);
    }

    /** Before anything comes. */
    void upstream(Upstream made) {
        upstream = made;
        started.onCancel(this::dispose);
    }

    /** Starts to take the request's body. {@code length}: what its head says; -1: nothing. */
    void takeBody(long length) {
        if (!over) {
            sized = length >= 0;
            left = length;
            RequestStream stream = new RequestStream(onward.connection().loop().eventLoop(), this, Context.of(started.contextView()));
            request = stream;
            exchange.getRequest().getBody().subscribe(stream);
        }
    }

    Onward onward() {
        return onward;
    }

    AnswerBody body() {
        return body;
    }

    /** What followed the body; null when nothing did, or has not yet. */
    @Nullable HeaderBlock trailers() {
        return trailers;
    }

    // ------------------------------------------------------------------ the request's body

    @Override
    public void data(ByteBuf data, boolean end) {
        Upstream to = upstream;
        if (to == null || over) {
            data.release();
            return;
        }
        left -= data.readableBytes();
        if (sized && (left < 0 || end && left > 0)) {
            // Sent on, the rest would be the beginning of another request.
            data.release();
            broken(new IllegalStateException("a filter has made another body than the request's content-length says"));
            return;
        }
        to.data(data, end);
    }

    @Override
    public void broken(Throwable cause) {
        cancel();
        // A client that has gone is nobody's error: there is nothing to log, and nobody to tell.
        failed(channel().isActive() ? cause : new UpstreamTroubleException(new Onward.Trouble(400, ""), cause));
    }

    /** From here on there are bytes only. */
    void tunnel(Tunnel opened) {
        tunnel = opened;
        stopRequest();
    }

    void requestReading(boolean wanted) {
        Tunnel through = tunnel;
        if (through != null) {
            through.requestReading(wanted);
            return;
        }
        RequestStream from = request;
        if (from != null) {
            from.open(wanted);
        }
    }

    // ------------------------------------------------------------------ the answer

    void head(ResponseHead head, boolean end) {
        if (over) {
            return;
        }
        ResponseHeads.copy(head, exchange);
        if (end) {
            ended();
            tell();
        } else {
            // Behind what was read together with the head: a small answer is then here as a whole, and goes out in one piece.
            onward.connection().loop().eventLoop().execute(this::tell);
        }
    }

    private void tell() {
        if (!told) {
            told = true;
            started.success();
        }
    }

    void answer(ByteBuf data, boolean end) {
        Tunnel through = tunnel;
        if (through != null) {
            over |= end;
            through.data(data, end);
            return;
        }
        body.data(data);
        if (end) {
            ended();
        }
    }

    void trailers(HeaderBlock block) {
        trailers = block;
        ended();
    }

    private void ended() {
        over = true;
        stopRequest();
        body.end();
    }

    /** The answer will not come, or not be completed. */
    void failed(Throwable cause) {
        over = true;
        Tunnel through = tunnel;
        if (through != null) {
            through.broken();
            return;
        }
        stopRequest();
        if (told) {
            body.fail(cause);
        } else {
            told = true;
            started.error(cause);
            body.drop();
        }
    }

    private void stopRequest() {
        RequestStream from = request;
        if (from != null) {
            from.stop();
        }
    }

    private void reading(boolean wanted) {
        Upstream from = upstream;
        if (from != null && !over) {
            from.reading(wanted);
        }
    }

    private void cancel() {
        Upstream from = upstream;
        if (from != null && !over) {
            over = true;
            stopRequest();
            from.cancel();
        }
    }

    // ------------------------------------------------------------------ as Spring Cloud Gateway sees it

    @Override
    public Channel channel() {
        return onward.connection().channel();
    }

    @Override
    public boolean isDisposed() {
        return over;
    }

    @Override
    public void dispose() {
        if (onward.connection().loop().eventLoop().inEventLoop()) {
            drop();
        } else {
            onward.connection().loop().eventLoop().execute(this::drop);
        }
    }

    private void drop() {
        cancel();
        body.drop();
    }
}
