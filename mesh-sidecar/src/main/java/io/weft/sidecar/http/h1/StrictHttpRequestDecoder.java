package io.weft.sidecar.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests strictly and emits Netty's objects: {@link HttpRequest}, {@link HttpContent}, {@link LastHttpContent}.
 *
 * <p>It extends Netty's decoder for its type only (Netty's WebSocket handshake looks for it in the pipeline); none of Netty's parsing runs.
 *
 * <p>One request at a time: after the last part of a request nothing of the next one is emitted until the final answer has been written.
 * Bytes that follow an {@code Upgrade} are thus never read as HTTP, and a pipelining client costs no more than one read buffer.
 *
 * <p>What is refused arrives as a request, or as a last content, whose {@code decoderResult()} failed with {@link Http1Refusal}; everything
 * after it is discarded. Whoever stands behind answers and closes.
 */
public final class StrictHttpRequestDecoder extends HttpRequestDecoder {

    private static final int HELD_BYTES = 64 * 1024;

    /** Event: a read is complete and the beginning of a head has come, but not the end of it. Other reads without a message, of half a TLS record, say nothing. */
    static final Object PARTIAL_HEAD = new Object();

    private enum Phase {
        HEAD,
        BODY,
        REFUSED
    }

    private final HeadReader heads;
    private final BodyReader body;
    private final ServerState state;
    private final Inbound in = new Inbound();
    private Phase phase = Phase.HEAD;
    private boolean running;
    private boolean emitted;
    private boolean removed;
    private boolean readStopped;
    private @Nullable ChannelHandlerContext ctx;

    StrictHttpRequestDecoder(Http1Limits limits, ServerState state) {
        super(new HttpDecoderConfig().setInitialBufferSize(1));
        this.heads = new HeadReader(limits);
        this.body = new BodyReader(heads);
        this.state = state;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        super.handlerAdded(ctx);
        this.ctx = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        if (!(msg instanceof ByteBuf bytes)) {
            emitted = true;
            ctx.fireChannelRead(msg);
        } else if (phase == Phase.REFUSED) {
            bytes.release();
        } else {
            in.append(ctx.alloc(), bytes);
            run(ctx);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean wantsMore = !emitted && !waiting() && !ctx.channel().config().isAutoRead();
        emitted = false;
        if (phase == Phase.HEAD && !waiting() && !state.tunnel && (in.readable() > 0 || heads.partial())) {
            ctx.fireUserEventTriggered(PARTIAL_HEAD);
        }
        ctx.fireChannelReadComplete();
        if (wantsMore) {
            ctx.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        in.release();
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object evt) throws Exception {
        if (evt instanceof ChannelInputShutdownEvent) {
            ctx.fireUserEventTriggered(evt);
        } else {
            super.userEventTriggered(ctx, evt);
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
        super.handlerRemoved0(ctx);
        removed = true;
        if (in.readable() > 0) {
            ctx.fireChannelRead(in.take(Long.MAX_VALUE));
            ctx.fireChannelReadComplete();
        }
        in.release();
    }

    /** The final answer has been written, or the connection became a tunnel. */
    void answered() {
        ChannelHandlerContext own = ctx;
        if (own == null || removed) {
            return;
        }
        if (readStopped) {
            readStopped = false;
            own.channel().config().setAutoRead(true);
        }
        if (in.readable() > 0 && !running) {
            // not from within the write of whoever answers: it has its own state to put in order first
            own.executor().execute(() -> {
                if (!removed) {
                    run(own);
                    channelReadComplete(own);
                }
            });
        }
    }

    private boolean waiting() {
        return state.responseOwed && phase == Phase.HEAD && !state.tunnel;
    }

    private void run(ChannelHandlerContext ctx) {
        if (running) {
            return;
        }
        running = true;
        try {
            boolean progress = true;
            while (progress && !removed && (in.readable() > 0 || phase == Phase.BODY) && !waiting()) {
                progress = step(ctx);
            }
        } catch (Http1Refusal refusal) {
            refuse(ctx, refusal);
        } finally {
            running = false;
            in.releaseIfEmpty();
        }
        if (!removed && waiting() && in.readable() > HELD_BYTES && ctx.channel().config().isAutoRead()) {
            readStopped = true;
            ctx.channel().config().setAutoRead(false);
        }
    }

    private boolean step(ChannelHandlerContext ctx) {
        if (state.tunnel) {
            return tunnel(ctx);
        }
        if (phase == Phase.HEAD) {
            if (!heads.readRequest(in.bytes())) {
                return false;
            }
            begin();
            in.releaseIfEmpty();
            emit(ctx, new DefaultHttpRequest(heads.http10() ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1, heads.method(), heads.target(),
                    heads.headers()));
            return true;
        }
        HttpContent part = phase == Phase.BODY ? body.next(in) : null;
        if (part == null) {
            return false;
        }
        if (part instanceof LastHttpContent) {
            phase = Phase.HEAD;
        }
        emit(ctx, part);
        return true;
    }

    /** Bytes as they are. Whoever switches protocols while it is being handed the head still sees that the request ended. */
    private boolean tunnel(ChannelHandlerContext ctx) {
        if (phase == Phase.BODY) {
            phase = Phase.HEAD;
            if (body.isEmpty()) {
                emit(ctx, LastHttpContent.EMPTY_LAST_CONTENT);
                return true;
            }
        }
        if (in.readable() == 0) {
            return false;
        }
        emit(ctx, in.take(Long.MAX_VALUE));
        return true;
    }

    private void begin() {
        state.responseOwed = true;
        state.method = heads.method();
        state.http10 = heads.http10();
        phase = Phase.BODY;
        if (heads.chunked()) {
            body.chunked();
        } else {
            body.fixed(Math.max(0, heads.contentLength()));
        }
    }

    private void emit(ChannelHandlerContext ctx, Object part) {
        emitted = true;
        ctx.fireChannelRead(part);
    }

    private void refuse(ChannelHandlerContext ctx, Http1Refusal refusal) {
        boolean inBody = phase == Phase.BODY;
        phase = Phase.REFUSED;
        in.release();
        if (inBody) {
            LastHttpContent last = new DefaultLastHttpContent();
            last.setDecoderResult(DecoderResult.failure(refusal));
            emit(ctx, last);
        } else {
            state.responseOwed = true;
            state.method = HttpMethod.GET;
            state.http10 = false;
            HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
            request.setDecoderResult(DecoderResult.failure(refusal));
            emit(ctx, request);
        }
    }
}
