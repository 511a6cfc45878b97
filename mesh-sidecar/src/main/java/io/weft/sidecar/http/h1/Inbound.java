package io.weft.sidecar.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/** The bytes received and not yet understood. */
final class Inbound {

    private @Nullable ByteBuf buffer;

    /** Takes over {@code bytes}. */
    void append(ByteBufAllocator alloc, ByteBuf bytes) {
        ByteBuf old = buffer;
        buffer = old == null ? bytes : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(alloc, old, bytes);
    }

    int readable() {
        ByteBuf b = buffer;
        return b == null ? 0 : b.readableBytes();
    }

    /** To read from; only when {@link #readable()} is more than zero. */
    ByteBuf bytes() {
        ByteBuf b = buffer;
        if (b == null) {
            throw new IllegalStateException("nothing to read");
        }
        return b;
    }

    /** At most {@code max} bytes, handed over; the whole buffer when that is what is left of it, so that no slice is made. */
    ByteBuf take(long max) {
        ByteBuf b = bytes();
        if (b.readableBytes() <= max) {
            buffer = null;
            return b;
        }
        return b.readRetainedSlice((int) max);
    }

    void releaseIfEmpty() {
        ByteBuf b = buffer;
        if (b != null && !b.isReadable()) {
            buffer = null;
            b.release();
        }
    }

    void release() {
        ByteBuf b = buffer;
        if (b != null) {
            buffer = null;
            b.release();
        }
    }
}
