package io.weft.sidecar.http.h2;

import io.netty.util.AsciiString;

/** Field names and values as RFC 9113 section 8.2.1 wants them, and as HTTP/1 on the other side can carry them. */
final class FieldCheck {

    private static final boolean[] NAME = names();

    private FieldCheck() {}

    private static boolean[] names() {
        boolean[] t = new boolean[128];
        for (char c = 'a'; c <= 'z'; c++) {
            t[c] = true;
        }
        for (char c = '0'; c <= '9'; c++) {
            t[c] = true;
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            t[c] = true;
        }
        return t;
    }

    /** A lower-case token. */
    static boolean isName(CharSequence name) {
        int n = name.length();
        if (n == 0) {
            return false;
        }
        if (name instanceof AsciiString ascii) {
            byte[] bytes = ascii.array();
            for (int i = ascii.arrayOffset(), end = i + n; i < end; i++) {
                if (bytes[i] < 0 || !NAME[bytes[i]]) {
                    return false;
                }
            }
            return true;
        }
        for (int i = 0; i < n; i++) {
            char c = name.charAt(i);
            if (c >= 128 || !NAME[c]) {
                return false;
            }
        }
        return true;
    }

    /** No control character but tab, no white space at either end. */
    static boolean isValue(CharSequence value) {
        int n = value.length();
        if (n == 0) {
            return true;
        }
        if (value instanceof AsciiString ascii) {
            byte[] bytes = ascii.array();
            for (int i = ascii.arrayOffset(), end = i + n; i < end; i++) {
                byte b = bytes[i];
                if (b >= 0 && b < ' ' && b != '\t' || b == 0x7f) {
                    return false;
                }
            }
        } else {
            for (int i = 0; i < n; i++) {
                char c = value.charAt(i);
                if (c < ' ' && c != '\t' || c == 0x7f) {
                    return false;
                }
            }
        }
        return !isSpace(value.charAt(0)) && !isSpace(value.charAt(n - 1));
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }
}
