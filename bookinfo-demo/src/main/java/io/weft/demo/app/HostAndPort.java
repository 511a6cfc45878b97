package io.weft.demo.app;

import java.net.URI;

/** Where a proxy listens. */
record HostAndPort(String host, int port) {

    /** Reads {@code host:port}, or {@code http://host:port} as {@code HTTP_PROXY} usually has it; {@code from} names the setting. */
    static HostAndPort parse(String text, String from) {
        String trimmed = text.strip();
        String address = trimmed.startsWith("http://") ? trimmed : "http://" + trimmed;
        URI uri;
        try {
            uri = URI.create(address);
        } catch (IllegalArgumentException notAnAddress) {
            throw refused(text, from);
        }
        boolean plain = uri.getPath().isEmpty() || "/".equals(uri.getPath());
        if (uri.getHost() == null || uri.getPort() < 1 || uri.getPort() > 65_535 || !plain) {
            throw refused(text, from);
        }
        return new HostAndPort(uri.getHost(), uri.getPort());
    }

    private static IllegalArgumentException refused(String text, String from) {
        return new IllegalArgumentException(from + ": " + text.strip() + " (expected: host:port)");
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
