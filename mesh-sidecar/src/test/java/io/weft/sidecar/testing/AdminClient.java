package io.weft.sidecar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One raw HTTP/1.1 exchange, so that a test can say any method and Host. */
public final class AdminClient {
    private AdminClient() {}

    /** The whole answer, head and body. */
    public static String ask(int port, String method, String path, String host) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write((method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String get(int port, String path) {
        return ask(port, "GET", path, "localhost:" + port);
    }
}
