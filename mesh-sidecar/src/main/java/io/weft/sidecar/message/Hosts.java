package io.weft.sidecar.message;

import java.util.Locale;

/** Host names as policy and routing compare them. */
public final class Hosts {
    private Hosts() {}

    /** ASCII lower case; the same object when there is nothing to change. */
    public static String lower(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                return host.toLowerCase(Locale.ROOT);
            }
        }
        return host;
    }

    /** Without {@code :port}; an IPv6 literal keeps its brackets. */
    public static String withoutPort(String authority) {
        int colon = portColon(authority);
        return colon < 0 ? authority : authority.substring(0, colon);
    }

    /** The port said, or {@code fallback}. */
    public static int port(String authority, int fallback) {
        int colon = portColon(authority);
        if (colon < 0 || colon + 1 == authority.length() || authority.length() - colon > 6) {
            return fallback;
        }
        int port = 0;
        for (int i = colon + 1; i < authority.length(); i++) {
            char c = authority.charAt(i);
            if (c < '0' || c > '9') {
                return fallback;
            }
            port = port * 10 + c - '0';
        }
        return port;
    }

    private static int portColon(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') && authority.indexOf(':') >= 0
                        && (authority.startsWith("[") || authority.indexOf(':') == colon)
                ? colon
                : -1;
    }
}
