package io.weft.gateway.role;

/**
 * Where a server is.
 *
 * @param host name or address, an IPv6 one without brackets
 */
public record HostPort(String host, int port) {

    /** Reads {@code host:port} or {@code [v6]:port}. */
    static HostPort parse(String property, String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        int port = colon < 0 ? -1 : number(text.substring(colon + 1));
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = "";
        }
        if (host.isEmpty() || port < 1) {
            throw new IllegalArgumentException(property + ": " + text + " (expected: host:port)");
        }
        return new HostPort(host, port);
    }

    private static int number(String digits) {
        if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int port = Integer.parseInt(digits);
        return port > 65535 ? -1 : port;
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + port;
    }
}
