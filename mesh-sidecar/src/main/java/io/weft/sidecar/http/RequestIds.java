package io.weft.sidecar.http;

import io.netty.util.AsciiString;
import io.weft.sidecar.loop.LoopState;
import java.nio.charset.StandardCharsets;

/** Version 4 UUIDs from the loop's own random numbers: they name requests, they protect nothing. */
final class RequestIds {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private RequestIds() {}

    static AsciiString next(LoopState loop) {
        long high = loop.nextLong() & 0xffffffffffff0fffL | 0x4000L;
        long low = loop.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L;
        byte[] out = new byte[36];
        int at = 0;
        for (int i = 0; i < 32; i++) {
            if (i == 8 || i == 12 || i == 16 || i == 20) {
                out[at++] = '-';
            }
            long half = i < 16 ? high : low;
            out[at++] = HEX[(int) (half >>> (60 - 4 * (i & 15))) & 15];
        }
        return new AsciiString(out, false);
    }
}
