package io.weft.sidecar.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** Reads a body: of a fixed length, in chunks, or until the connection ends. Parts leave as they come, nothing is gathered. */
final class BodyReader {

    private enum Mode {
        NONE,
        FIXED,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILER,
        UNTIL_CLOSE
    }

    private final HeadReader heads;
    private Mode mode = Mode.NONE;
    private long remaining;
    private int digits;

    BodyReader(HeadReader heads) {
        this.heads = heads;
    }

    boolean untilClose() {
        return mode == Mode.UNTIL_CLOSE;
    }

    /** Nothing but its end is left, or there never was more. */
    boolean isEmpty() {
        return mode == Mode.NONE;
    }

    void none() {
        mode = Mode.NONE;
    }

    void fixed(long length) {
        mode = length == 0 ? Mode.NONE : Mode.FIXED;
        remaining = length;
    }

    void chunked() {
        mode = Mode.CHUNK_SIZE;
        remaining = 0;
        digits = 0;
    }

    void untilCloseOfConnection() {
        mode = Mode.UNTIL_CLOSE;
    }

    /** The next part, or null when more bytes are needed; a {@link LastHttpContent} is the end. */
    @Nullable HttpContent next(Inbound in) {
        while (true) {
            if (mode == Mode.NONE) {
                return LastHttpContent.EMPTY_LAST_CONTENT;
            }
            if (in.readable() == 0) {
                return null;
            }
            switch (mode) {
                case FIXED -> {
                    ByteBuf part = in.take(remaining);
                    remaining -= part.readableBytes();
                    return remaining == 0 ? new DefaultLastHttpContent(part) : new DefaultHttpContent(part);
                }
                case UNTIL_CLOSE -> {
                    return new DefaultHttpContent(in.take(Long.MAX_VALUE));
                }
                case CHUNK_SIZE -> chunkSize(in.bytes());
                case CHUNK_DATA -> {
                    ByteBuf part = in.take(remaining);
                    remaining -= part.readableBytes();
                    if (remaining == 0) {
                        mode = Mode.CHUNK_END;
                        digits = 0;
                    }
                    return new DefaultHttpContent(part);
                }
                case CHUNK_END -> chunkEnd(in.bytes());
                case TRAILER -> {
                    return heads.readTrailers(in.bytes()) ? trailers() : null;
                }
                default -> throw new IllegalStateException(mode.name());
            }
        }
    }

    private LastHttpContent trailers() {
        if (heads.headers().isEmpty()) {
            return LastHttpContent.EMPTY_LAST_CONTENT;
        }
        DefaultLastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
        last.trailingHeaders().set(heads.headers());
        return last;
    }

    /** One to sixteen hexadecimal digits, CRLF, nothing else: a chunk extension is read differently by too many parsers. */
    private void chunkSize(ByteBuf in) {
        while (in.isReadable()) {
            byte b = in.readByte();
            if (digits < 0) {
                if (b != Bytes.LF) {
                    throw Http1Refusal.badRequest("chunk size: carriage return without line feed");
                }
                mode = remaining == 0 ? Mode.TRAILER : Mode.CHUNK_DATA;
                return;
            }
            if (b == Bytes.CR && digits > 0) {
                digits = -1;
                continue;
            }
            int value = Bytes.hex(b);
            if (value < 0) {
                throw Http1Refusal.badRequest(b == ';' ? "chunk extension" : "chunk size: (expected: hexadecimal digits, CRLF)");
            }
            if (++digits > 16 || remaining >>> 59 != 0) {
                throw Http1Refusal.badRequest("chunk size: (expected: at most 16 digits, less than 2^63)");
            }
            remaining = remaining << 4 | value;
        }
    }

    private void chunkEnd(ByteBuf in) {
        while (in.isReadable()) {
            byte b = in.readByte();
            if (b != (digits == 0 ? Bytes.CR : Bytes.LF)) {
                throw Http1Refusal.badRequest("chunk: more bytes than its size says (expected: CRLF)");
            }
            if (++digits == 2) {
                chunked();
                return;
            }
        }
    }
}
