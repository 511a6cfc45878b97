package io.weft.sidecar.resource;

/**
 * An address as configuration names it: an IP literal, a host name (DNS clusters), or a Unix path.
 *
 * @param host IP literal or host name; for a Unix socket the path
 * @param port 0 to 65535; 0 for a Unix socket
 */
public record NetAddress(String host, int port) {
    public NetAddress {
        if (port < 0 || port > 65535) {
            throw new ResourceException("port: " + port + " (expected: 0 to 65535)");
        }
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
