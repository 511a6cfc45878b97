package io.weft.sidecar.http.h1;

/** Which bytes may stand where (RFC 9110 section 5.6.2, RFC 9112, RFC 3986), as one table look-up per byte. */
final class Bytes {

    static final byte CR = '\r';
    static final byte LF = '\n';

    private static final int TOKEN = 1;
    private static final int VALUE = 2;
    private static final int TARGET = 4;
    private static final int HOST = 8;
    private static final byte[] CLASS = classes();

    private Bytes() {}

    /** A character of a method or a field name. */
    static boolean isToken(byte b) {
        return (CLASS[b & 0xff] & TOKEN) != 0;
    }

    /** A character of a field value: visible, space, tab, or obs-text. No other control character. */
    static boolean isValue(byte b) {
        return (CLASS[b & 0xff] & VALUE) != 0;
    }

    /** A character of a request target: visible ASCII, and no fragment. */
    static boolean isTarget(byte b) {
        return (CLASS[b & 0xff] & TARGET) != 0;
    }

    /** A character of a registered name in {@code Host}; narrower than RFC 3986, as wide as what resolves. */
    static boolean isHost(byte b) {
        return (CLASS[b & 0xff] & HOST) != 0;
    }

    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** Value of a hexadecimal digit, or -1. */
    static int hex(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        int l = b | 0x20;
        return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
    }

    private static byte[] classes() {
        byte[] t = new byte[256];
        for (int c = 0x21; c < 0x7f; c++) {
            t[c] |= VALUE;
            if (c != '#') {
                t[c] |= TARGET;
            }
            boolean alnum = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (alnum || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
                t[c] |= TOKEN;
            }
            if (alnum || "-._~".indexOf(c) >= 0) {
                t[c] |= HOST;
            }
        }
        t[' '] |= VALUE;
        t['\t'] |= VALUE;
        for (int c = 0x80; c < 0x100; c++) {
            t[c] |= VALUE;
        }
        return t;
    }
}
