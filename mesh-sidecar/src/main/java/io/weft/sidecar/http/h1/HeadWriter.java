package io.weft.sidecar.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;

/** Writes heads and chunks, each into one buffer. Keeps in mind how large the last head was, to ask for the right size. */
final class HeadWriter {

    /** Up to here a copy is cheaper than another buffer for the socket to gather. */
    static final int COPY = 2048;
    private static final int CRLF = '\r' << 8 | '\n';
    private static final FastThreadLocal<byte[]> SCRATCH = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[8 * 1024];
        }
    };

    private int expected = 256;

    ByteBuf buffer(ByteBufAllocator alloc, int content) {
        return alloc.ioBuffer(expected + (content <= COPY ? content : 0) + 32);
    }

    /** Writes the header lines and the empty line: put together in an array, where small pieces are cheap, and handed to the buffer once. */
    void headers(ByteBuf out, HttpHeaders headers) {
        byte[] bytes = SCRATCH.get();
        int n = 0;
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            CharSequence name = field.getKey();
            CharSequence value = field.getValue();
            int most = n + name.length() + value.length() + 6;
            if (most > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(most, 2 * bytes.length));
            }
            n = put(bytes, n, name);
            bytes[n++] = ':';
            bytes[n++] = ' ';
            n = put(bytes, n, value);
            bytes[n++] = '\r';
            bytes[n++] = '\n';
        }
        bytes[n++] = '\r';
        bytes[n++] = '\n';
        out.writeBytes(bytes, 0, n);
        expected = Math.min(8192, Math.max(out.readableBytes(), (3 * expected + out.readableBytes()) / 4));
    }

    private static int put(byte[] bytes, int at, CharSequence text) {
        int n = text.length();
        if (text instanceof AsciiString ascii) {
            System.arraycopy(ascii.array(), ascii.arrayOffset(), bytes, at, n);
        } else {
            for (int i = 0; i < n; i++) {
                bytes[at + i] = AsciiString.c2b(allowed(text, i));
            }
        }
        return at + n;
    }

    /** What came from a peer is an AsciiString its decoder has checked; the rest is ours, and may hold what a user configured. */
    private static char allowed(CharSequence text, int i) {
        char c = text.charAt(i);
        if (c < ' ' && c != '\t' || c == 0x7f) {
            throw new IllegalArgumentException("header: control character 0x" + Integer.toHexString(c) + " at index " + i);
        }
        return c;
    }

    /** The whole of it when small: one entry less for the socket to gather. */
    static boolean copied(ByteBuf out, ByteBuf content) {
        int n = content.readableBytes();
        if (n > COPY) {
            return false;
        }
        out.writeBytes(content);
        return true;
    }

    static void chunkSize(ByteBuf out, int size) {
        int shift = 28;
        while (shift > 0 && size >>> shift == 0) {
            shift -= 4;
        }
        for (; shift >= 0; shift -= 4) {
            int digit = size >>> shift & 0xf;
            out.writeByte(digit < 10 ? '0' + digit : 'a' + digit - 10);
        }
        out.writeShort(CRLF);
    }

    static void lineEnd(ByteBuf out) {
        out.writeShort(CRLF);
    }

    static void number(ByteBuf out, int threeDigits) {
        out.writeByte('0' + threeDigits / 100);
        out.writeByte('0' + threeDigits / 10 % 10);
        out.writeByte('0' + threeDigits % 10);
    }

    static void text(ByteBuf out, CharSequence text) {
        if (text instanceof AsciiString ascii) {
            out.writeBytes(ascii.array(), ascii.arrayOffset(), ascii.length());
        } else {
            for (int i = 0; i < text.length(); i++) {
                allowed(text, i);
            }
            ByteBufUtil.writeAscii(out, text);
        }
    }
}
