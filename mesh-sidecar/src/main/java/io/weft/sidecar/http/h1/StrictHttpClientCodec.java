package io.weft.sidecar.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The client side of HTTP/1 towards an upstream: one request at a time, its answer read strictly and in the knowledge of the request.
 *
 * <p>Emits an interim answer (100, 103) as one {@link DefaultFullHttpResponse}, then {@link HttpResponse}, {@link HttpContent}s and a
 * {@link LastHttpContent}. A broken answer arrives as a response, or as a last content, whose {@code decoderResult()} failed with
 * {@link Http1Refusal} (502, {@code UPE}). When the connection ends in the middle of an answer only {@code channelInactive} tells
 * ({@code UC}); an answer that lasts until the end of the connection gets its last content then.
 *
 * <p>A byte that belongs to no answer (while idle, after the answer to HEAD, 204, 304, behind a complete answer) closes the connection: it
 * would be read as the answer to somebody else's request. Ask {@link #reusable()} before pooling.
 */
public final class StrictHttpClientCodec extends ChannelDuplexHandler {

    private static final AsciiString VERSION = AsciiString.cached(" HTTP/1.1");
    private static final int MAX_INTERIM = 16;

    private enum Phase {
        IDLE,
        HEAD,
        BODY,
        TUNNEL,
        BROKEN
    }

    private final HeadReader reader;
    private final BodyReader bodyReader;
    private final HeadWriter writer = new HeadWriter();
    private final BodyWriter bodyWriter = new BodyWriter(writer);
    private final Inbound in = new Inbound();
    private Phase phase = Phase.IDLE;
    private HttpMethod method = HttpMethod.GET;
    private boolean upgrade;
    private boolean requestOpen;
    private boolean keepAlive = true;
    private int interims;
    private boolean running;
    private boolean emitted;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Receiver receiver;

    /** Who is told directly what is read, without the way through the pipeline. */
    interface Receiver {
        void onResponse(HttpResponse response);

        void onContent(HttpContent content);
    }

    public StrictHttpClientCodec(Http1Limits limits) {
        this.reader = new HeadReader(limits);
        this.bodyReader = new BodyReader(reader);
    }

    /** Whether another request may be sent: request and answer are complete, both sides keep the connection, no byte is left over. */
    public boolean reusable() {
        return phase == Phase.IDLE && keepAlive && !requestOpen && in.readable() == 0;
    }

    void receiver(Receiver told) {
        receiver = told;
    }

    /** As a write of the request, and of its empty end if that is all; with the void promise. */
    void send(HttpRequest request, boolean end) {
        ChannelHandlerContext own = own();
        writeHead(own, request, own.voidPromise());
        requestOpen &= !end;
    }

    /** As a write of {@code content}; with the void promise. */
    void send(HttpContent content) {
        ChannelHandlerContext own = own();
        write(own, content, own.voidPromise());
    }

    private ChannelHandlerContext own() {
        ChannelHandlerContext own = ctx;
        if (own == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return own;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        bodyWriter.flush(ctx);
        ctx.flush();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof HttpRequest request) {
            writeHead(ctx, request, promise);
        } else if (msg instanceof HttpContent content) {
            if (phase == Phase.TUNNEL) {
                ctx.write(content.content(), promise);
                return;
            }
            if (content instanceof LastHttpContent) {
                requestOpen = false;
            }
            bodyWriter.write(ctx, content, promise);
        } else {
            bodyWriter.flush(ctx);
            ctx.write(msg, promise);
        }
    }

    private void writeHead(ChannelHandlerContext ctx, HttpRequest request, ChannelPromise promise) {
        if (!reusable()) {
            ReferenceCountUtil.release(request);
            promise.tryFailure(new IllegalStateException("the connection is in use or not reusable: " + phase));
            return;
        }
        FullHttpRequest full = request instanceof FullHttpRequest f ? f : null;
        ByteBuf out = full == null ? bodyWriter.buffer(ctx.alloc()) : writer.buffer(ctx.alloc(), full.content().readableBytes());
        try {
            frame(request, full);
            HeadWriter.text(out, request.method().asciiName());
            out.writeByte(' ');
            target(out, request.uri());
            HeadWriter.text(out, VERSION);
            HeadWriter.lineEnd(out);
            writer.headers(out, request.headers());
        } catch (RuntimeException e) {
            out.release();
            ReferenceCountUtil.release(request);
            promise.tryFailure(e);
            return;
        }
        method = request.method();
        upgrade = request.headers().contains(HttpHeaderNames.UPGRADE);
        keepAlive = !request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        phase = Phase.HEAD;
        interims = 0;
        requestOpen = full == null;
        if (full == null) {
            bodyWriter.writeHead(ctx, out, promise);
        } else {
            bodyWriter.writeFull(ctx, out, full, promise);
        }
    }

    private static void target(ByteBuf out, String uri) {
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                throw new IllegalArgumentException("request target: character 0x" + Integer.toHexString(c) + " at index " + i);
            }
        }
        HeadWriter.text(out, uri);
    }

    /** A request without declared length has no body, unless it comes in parts: then {@code transfer-encoding} must say so. */
    private void frame(HttpRequest request, @Nullable FullHttpRequest full) {
        HttpHeaders headers = request.headers();
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
            bodyWriter.chunked();
        } else {
            if (full != null && full.content().isReadable()) {
                headers.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(full.content().readableBytes()));
            }
            bodyWriter.plain();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof ByteBuf bytes)) {
            emitted = true;
            ctx.fireChannelRead(msg);
            return;
        }
        switch (phase) {
            case BROKEN -> bytes.release();
            case TUNNEL -> {
                emitted = true;
                ctx.fireChannelRead(bytes);
            }
            default -> {
                in.append(ctx.alloc(), bytes);
                run(ctx);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean wantsMore = !emitted && !ctx.channel().config().isAutoRead();
        emitted = false;
        ctx.fireChannelReadComplete();
        if (wantsMore) {
            ctx.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ended(ctx);
        ctx.fireChannelInactive();
    }

    /** Where half-closure is allowed: outside a tunnel an upstream that says no more is as good as gone. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object evt) {
        if (evt instanceof ChannelInputShutdownEvent && phase != Phase.TUNNEL) {
            ended(ctx);
            ctx.close();
        }
        ctx.fireUserEventTriggered(evt);
    }

    private void ended(ChannelHandlerContext ctx) {
        in.release();
        keepAlive = false;
        if (phase == Phase.BODY && bodyReader.untilClose()) {
            phase = Phase.IDLE;
            emit(ctx, LastHttpContent.EMPTY_LAST_CONTENT);
            ctx.fireChannelReadComplete();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        in.release();
        bodyWriter.release();
    }

    private void run(ChannelHandlerContext ctx) {
        if (running) {
            return;
        }
        running = true;
        try {
            boolean progress = true;
            while (progress && (in.readable() > 0 || phase == Phase.BODY)) {
                progress = step(ctx);
            }
        } catch (Http1Refusal refusal) {
            broken(ctx, refusal);
        } finally {
            running = false;
            in.releaseIfEmpty();
        }
    }

    private boolean step(ChannelHandlerContext ctx) {
        return switch (phase) {
            case IDLE -> {
                stray(ctx);
                yield false;
            }
            case HEAD -> reader.readResponse(in.bytes()) && head(ctx);
            case BODY -> part(ctx);
            case TUNNEL -> {
                emitted = true;
                ctx.fireChannelRead(in.take(Long.MAX_VALUE));
                yield true;
            }
            case BROKEN -> {
                in.release();
                yield false;
            }
        };
    }

    private void stray(ChannelHandlerContext ctx) {
        phase = Phase.BROKEN;
        in.release();
        ctx.close();
    }

    private boolean head(ChannelHandlerContext ctx) {
        int code = reader.status();
        HttpVersion version = reader.http10() ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
        HttpResponseStatus status = HttpResponseStatus.valueOf(code);
        boolean tunnel = code == 101 || HttpMethod.CONNECT.equals(method) && code >= 200 && code < 300;
        if (code < 200) {
            interim(ctx, code, version, status);
            return true;
        }
        HttpResponse response = new DefaultHttpResponse(version, status, reader.headers());
        keepAlive &= HttpUtil.isKeepAlive(response);
        if (tunnel) {
            phase = Phase.TUNNEL;
            emit(ctx, response);
            return true;
        }
        frame(code);
        phase = Phase.BODY;
        emit(ctx, response);
        return true;
    }

    private void interim(ChannelHandlerContext ctx, int code, HttpVersion version, HttpResponseStatus status) {
        if (code != 100 && code != 103 && !(code == 101 && upgrade)) {
            throw Http1Refusal.badRequest("interim status " + code + " nobody asked for");
        }
        if (++interims > MAX_INTERIM) {
            throw Http1Refusal.badRequest("more than " + MAX_INTERIM + " interim answers");
        }
        if (reader.chunked() || reader.contentLength() > 0) {
            throw Http1Refusal.badRequest("interim answer with a body");
        }
        if (code == 101) {
            phase = Phase.TUNNEL;
        }
        HttpResponse interim = new DefaultFullHttpResponse(version, status, Unpooled.EMPTY_BUFFER, reader.headers(),
                DefaultHttpHeadersFactory.trailersFactory().newEmptyHeaders());
        emit(ctx, interim);
    }

    private void frame(int code) {
        if (code == 204 && (reader.chunked() || reader.contentLength() > 0)) {
            throw Http1Refusal.badRequest("204 with a body");
        }
        if (HttpMethod.HEAD.equals(method) || code == 204 || code == 304) {
            bodyReader.none();
        } else if (reader.chunked()) {
            bodyReader.chunked();
        } else if (reader.contentLength() >= 0) {
            bodyReader.fixed(reader.contentLength());
        } else {
            keepAlive = false;
            bodyReader.untilCloseOfConnection();
        }
    }

    private boolean part(ChannelHandlerContext ctx) {
        HttpContent part = bodyReader.next(in);
        if (part == null) {
            return false;
        }
        if (part instanceof LastHttpContent) {
            phase = Phase.IDLE;
            if (in.readable() > 0) {
                stray(ctx);
            }
        }
        emit(ctx, part);
        return true;
    }

    private void emit(ChannelHandlerContext ctx, HttpResponse response) {
        emitted = true;
        Receiver direct = receiver;
        if (direct != null) {
            direct.onResponse(response);
        } else {
            ctx.fireChannelRead(response);
        }
    }

    private void emit(ChannelHandlerContext ctx, HttpContent part) {
        emitted = true;
        Receiver direct = receiver;
        if (direct != null) {
            direct.onContent(part);
        } else {
            ctx.fireChannelRead(part);
        }
    }

    private void broken(ChannelHandlerContext ctx, Http1Refusal refusal) {
        boolean inBody = phase == Phase.BODY;
        phase = Phase.BROKEN;
        keepAlive = false;
        in.release();
        if (inBody) {
            LastHttpContent last = new DefaultLastHttpContent();
            last.setDecoderResult(DecoderResult.failure(refusal));
            emit(ctx, last);
        } else {
            HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_GATEWAY);
            response.setDecoderResult(DecoderResult.failure(refusal));
            emit(ctx, response);
        }
    }
}
