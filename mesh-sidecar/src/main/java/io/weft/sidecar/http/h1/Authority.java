package io.weft.sidecar.http.h1;

/** The host and port of {@code Host}, of an absolute target, of {@code :authority}: RFC 3986 section 3.2 without userinfo. */
public final class Authority {

    private Authority() {}

    /**
     * Whether this is a host name, an IPv4 address or an IPv6 address in brackets, with or without a port (1 to 65535). Anything else,
     * userinfo above all, names another host to the next parser than to this one.
     */
    public static boolean isValid(CharSequence s) {
        return isValid(s, 0, s.length());
    }

    static boolean isValid(CharSequence s, int from, int to) {
        if (from >= to || to - from > 300) {
            return false;
        }
        int i = s.charAt(from) == '[' ? ip6End(s, from, to) : nameEnd(s, from, to);
        if (i <= from) {
            return false;
        }
        return i == to || s.charAt(i) == ':' && isPort(s, i + 1, to);
    }

    /** Whether there is a port. */
    static boolean hasPort(CharSequence s) {
        int n = s.length();
        for (int i = n - 1; i >= 0; i--) {
            char c = s.charAt(i);
            if (c == ':') {
                return true;
            }
            if (c < '0' || c > '9') {
                return false;
            }
        }
        return false;
    }

    private static int nameEnd(CharSequence s, int from, int to) {
        int i = from;
        while (i < to && s.charAt(i) < 0x80 && Bytes.isHost((byte) s.charAt(i))) {
            i++;
        }
        return i;
    }

    private static int ip6End(CharSequence s, int from, int to) {
        int i = from + 1;
        int colons = 0;
        while (i < to && s.charAt(i) < 0x80 && (Bytes.hex((byte) s.charAt(i)) >= 0 || s.charAt(i) == ':' || s.charAt(i) == '.')) {
            colons += s.charAt(i) == ':' ? 1 : 0;
            i++;
        }
        return i < to && s.charAt(i) == ']' && colons >= 2 && colons <= 8 ? i + 1 : -1;
    }

    private static boolean isPort(CharSequence s, int from, int to) {
        if (from == to || to - from > 5) {
            return false;
        }
        int port = 0;
        for (int i = from; i < to; i++) {
            char c = s.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
            port = 10 * port + c - '0';
        }
        return port > 0 && port <= 65535;
    }
}
