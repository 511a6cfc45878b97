package io.weft.demo.launcher;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/**
 * A port that users know by number.
 *
 * @param part who binds it
 * @param property the setting that changes it
 * @param port its number; 0: a free one
 */
record FixedPort(String part, String property, int port) {

    FixedPort {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException(property + ": " + port + " (expected: 0 to 65535)");
        }
    }

    /** One line that says what to do, if somebody else listens there. */
    Optional<String> taken(InetAddress address) {
        if (port == 0) {
            return Optional.empty();
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(address, port));
            return Optional.empty();
        } catch (IOException cannotBind) {
            return Optional.of(part + ": port " + port + " on " + address.getHostAddress() + " cannot be bound ("
                    + cannotBind.getMessage() + "); -D" + property + "=… names another");
        }
    }
}
