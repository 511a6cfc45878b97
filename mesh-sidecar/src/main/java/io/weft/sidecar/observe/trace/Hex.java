package io.weft.sidecar.observe.trace;

/** Lower-case hexadecimal numbers of fixed length. */
final class Hex {
    private Hex() {}

    static boolean isHex(CharSequence text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    /** At most 16 digits, which are known to be such. */
    static long parse(CharSequence text, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            value = value << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
        }
        return value;
    }

    /** Writes 16 digits. */
    static int write(byte[] out, int at, long value) {
        for (int i = 0; i < 16; i++) {
            int digit = (int) (value >>> (60 - 4 * i)) & 15;
            out[at + i] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
        }
        return at + 16;
    }
}
