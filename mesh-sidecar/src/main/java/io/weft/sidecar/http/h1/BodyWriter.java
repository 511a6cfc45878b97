package io.weft.sidecar.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Writes heads, and the parts of bodies in chunks or plain. A head whose body is to come waits for the first part of it, until the next flush at the
 * latest: small ones leave together, in one buffer and one plain write.
 */
final class BodyWriter {

    private static final ByteBuf CRLF = Unpooled.unreleasableBuffer(Unpooled.directBuffer(2, 2).writeByte('\r').writeByte('\n')).asReadOnly();

    private final HeadWriter heads;
    private boolean chunked;
    private boolean suppressed;
    private @Nullable ByteBuf held;
    private int firstPart;

    BodyWriter(HeadWriter heads) {
        this.heads = heads;
    }

    void plain() {
        chunked = false;
        suppressed = false;
    }

    void chunked() {
        chunked = true;
        suppressed = false;
    }

    /** The message has no body, whatever parts come: the answer to a HEAD. */
    void suppressed() {
        chunked = false;
        suppressed = true;
    }

    /** Room for a head and, if that is small, the first part of its body. */
    ByteBuf buffer(ByteBufAllocator alloc) {
        return heads.buffer(alloc, suppressed ? 0 : firstPart);
    }

    void writeHead(ChannelHandlerContext ctx, ByteBuf head, ChannelPromise promise) {
        flush(ctx);
        if (suppressed || !promise.isVoid()) {
            ctx.write(head, promise);
        } else {
            held = head;
        }
    }

    /** Before anything else is written, and before a flush. */
    void flush(ChannelHandlerContext ctx) {
        ByteBuf head = held;
        if (head != null) {
            held = null;
            ctx.write(head, ctx.voidPromise());
        }
    }

    /** The connection is gone. */
    void release() {
        ByteBuf head = held;
        if (head != null) {
            held = null;
            head.release();
        }
    }

    /** Adds what a full message holds behind its head, and sends both. */
    void writeFull(ChannelHandlerContext ctx, ByteBuf head, HttpContent content, ChannelPromise promise) {
        flush(ctx);
        if (!chunked && !suppressed && HeadWriter.copied(head, content.content())) {
            content.release();
            ctx.write(head, promise);
            return;
        }
        ctx.write(head);
        write(ctx, content, promise);
    }

    void write(ChannelHandlerContext ctx, HttpContent content, ChannelPromise promise) {
        ByteBuf data = content.content();
        ByteBuf head = held;
        if (head != null) {
            int n = data.readableBytes();
            firstPart = n <= HeadWriter.COPY ? n : 0;
            if (!chunked && n <= head.writableBytes() && HeadWriter.copied(head, data)) {
                held = null;
                content.release();
                ctx.write(head, promise);
                return;
            }
            flush(ctx);
        }
        if (!chunked && promise.isVoid() && (suppressed || !data.isReadable())) {
            ReferenceCountUtil.release(content);
        } else if (suppressed) {
            ReferenceCountUtil.release(content);
            ctx.write(Unpooled.EMPTY_BUFFER, promise);
        } else if (chunked) {
            writeChunk(ctx, content, data, promise);
        } else {
            ctx.write(data, promise);
        }
    }

    private void writeChunk(ChannelHandlerContext ctx, HttpContent content, ByteBuf data, ChannelPromise promise) {
        int size = data.readableBytes();
        boolean last = content instanceof LastHttpContent;
        if (size == 0 && !last) {
            ctx.write(data, promise);
            return;
        }
        HttpHeaders trailers = last ? ((LastHttpContent) content).trailingHeaders() : null;
        ByteBuf out = trailers == null || trailers.isEmpty()
                ? ctx.alloc().ioBuffer(32 + Math.min(size, 2048))
                : heads.buffer(ctx.alloc(), size);
        boolean handedOver = false;
        try {
            if (size > 0) {
                HeadWriter.chunkSize(out, size);
                if (HeadWriter.copied(out, data)) {
                    HeadWriter.lineEnd(out);
                } else {
                    ctx.write(out);
                    handedOver = true;
                    if (!last) {
                        ctx.write(data);
                        ctx.write(CRLF.duplicate(), promise);
                        return;
                    }
                    ctx.write(data.retain());
                    out = heads.buffer(ctx.alloc(), 0);
                    handedOver = false;
                    HeadWriter.lineEnd(out);
                }
            }
            if (last) {
                HeadWriter.chunkSize(out, 0);
                if (trailers == null || trailers.isEmpty()) {
                    HeadWriter.lineEnd(out);
                } else {
                    heads.headers(out, trailers);
                }
            }
        } catch (RuntimeException e) {
            if (!handedOver) {
                out.release();
            }
            ReferenceCountUtil.release(content);
            promise.tryFailure(e);
            return;
        }
        ReferenceCountUtil.release(content);
        ctx.write(out, promise);
    }
}
