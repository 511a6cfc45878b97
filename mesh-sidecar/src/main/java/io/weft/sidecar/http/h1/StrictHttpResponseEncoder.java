package io.weft.sidecar.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;

/**
 * Writes responses: the head into one buffer, the body as its request and its headers say. An answer of unknown length goes out in chunks to
 * an HTTP/1.1 client and until the end of the connection to an HTTP/1.0 one; what follows the head of an answer to HEAD, of 1xx, 204 and
 * 304 is dropped. Extends Netty's encoder for its type only, see {@link StrictHttpRequestDecoder}.
 */
public final class StrictHttpResponseEncoder extends HttpResponseEncoder {

    private static final AsciiString VERSION = AsciiString.cached("HTTP/1.1 ");

    private final ServerState state;
    private final StrictHttpRequestDecoder decoder;
    private final HeadWriter heads = new HeadWriter();
    private final BodyWriter body = new BodyWriter(heads);
    private boolean interim;
    private boolean closing;

    StrictHttpResponseEncoder(ServerState state, StrictHttpRequestDecoder decoder) {
        this.state = state;
        this.decoder = decoder;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (state.tunnel && msg instanceof HttpContent raw && !(msg instanceof HttpResponse)) {
            ctx.write(raw.content(), promise);
        } else if (msg instanceof HttpResponse response) {
            writeHead(ctx, response, promise);
        } else if (msg instanceof HttpContent content) {
            boolean last = content instanceof LastHttpContent;
            ChannelPromise written = last && closing ? promise.unvoid() : promise;
            body.write(ctx, content, written);
            if (last) {
                end(written);
            }
        } else {
            body.flush(ctx);
            ctx.write(msg, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        body.flush(ctx);
        ctx.flush();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        body.release();
    }

    private void writeHead(ChannelHandlerContext ctx, HttpResponse response, ChannelPromise promise) {
        int code = response.status().code();
        interim = code >= 100 && code < 200;
        boolean tunnel = code == 101 || HttpMethod.CONNECT.equals(state.method) && code >= 200 && code < 300;
        HttpContent full = response instanceof FullHttpResponse f ? f : null;
        ByteBuf out = full == null ? body.buffer(ctx.alloc()) : heads.buffer(ctx.alloc(), full.content().readableBytes());
        try {
            frame(response, code, tunnel);
            HeadWriter.text(out, VERSION);
            HeadWriter.number(out, code);
            out.writeByte(' ');
            HeadWriter.text(out, response.status().reasonPhrase());
            HeadWriter.lineEnd(out);
            heads.headers(out, response.headers());
        } catch (RuntimeException e) {
            out.release();
            ReferenceCountUtil.release(response);
            promise.tryFailure(e);
            return;
        }
        if (full == null) {
            body.writeHead(ctx, out, promise);
        } else {
            ChannelPromise written = closing && !interim ? promise.unvoid() : promise;
            body.writeFull(ctx, out, full, written);
            if (!tunnel) {
                end(written);
            }
        }
        if (tunnel) {
            state.tunnel = true;
            state.responseOwed = false;
            decoder.answered();
        }
    }

    /** Makes the headers say what will be done, and does what they say. */
    private void frame(HttpResponse response, int code, boolean tunnel) {
        HttpHeaders headers = response.headers();
        if (interim || tunnel || code == 204) {
            headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
            body.suppressed();
            return;
        }
        boolean hasEncoding = headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
        boolean head = HttpMethod.HEAD.equals(state.method) || code == 304;
        if (hasEncoding) {
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        if (state.http10 && hasEncoding) {
            headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        }
        if (head) {
            body.suppressed();
        } else if (!hasEncoding && headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            body.plain();
        } else if (response instanceof FullHttpResponse full && !hasEncoding && full.trailingHeaders().isEmpty()) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(full.content().readableBytes()));
            body.plain();
        } else if (state.http10) {
            closing = true;
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            body.plain();
        } else {
            if (!hasEncoding) {
                headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
            body.chunked();
        }
    }

    private void end(ChannelPromise written) {
        if (interim) {
            interim = false;
            return;
        }
        if (closing) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
        state.responseOwed = false;
        decoder.answered();
    }
}
