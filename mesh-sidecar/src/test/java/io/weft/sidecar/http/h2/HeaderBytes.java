package io.weft.sidecar.http.h2;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A header block written by hand: HPACK (RFC 7541) without Huffman codes. */
final class HeaderBytes {
    private static final int LITERAL = 0x00;
    private static final int LITERAL_REMEMBERED = 0x40;
    private static final int NEWEST_REMEMBERED = 0x80 | 62;

    private final ByteArrayOutputStream block = new ByteArrayOutputStream();

    static HeaderBytes request(String method) {
        return new HeaderBytes().field(":method", method).field(":scheme", "http").field(":authority", "a.example").field(":path", "/");
    }

    HeaderBytes field(String name, String value) {
        return field(LITERAL, name, value);
    }

    /** The peer keeps this one in its table. */
    HeaderBytes remembered(String name, String value) {
        return field(LITERAL_REMEMBERED, name, value);
    }

    /** What was remembered last, as often as this, at one byte each. */
    HeaderBytes again(int times) {
        for (int i = 0; i < times; i++) {
            block.write(NEWEST_REMEMBERED);
        }
        return this;
    }

    private HeaderBytes field(int kind, String name, String value) {
        block.write(kind);
        text(name);
        text(value);
        return this;
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        int rest = bytes.length;
        if (rest < 127) {
            block.write(rest);
        } else {
            block.write(127);
            for (rest -= 127; rest >= 128; rest >>>= 7) {
                block.write(rest & 127 | 128);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    byte[] bytes() {
        return block.toByteArray();
    }
}
