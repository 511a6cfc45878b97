package io.weft.demo.launcher;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;

/** A part for tests: says what it is told to; ends with a status, or listens and greets whoever comes. */
public final class TinyPart {

    private TinyPart() {}

    public static void main(String[] args) throws IOException {
        for (String arg : args) {
            String value = arg.substring(arg.indexOf('=') + 1);
            if (arg.startsWith("--say=")) {
                System.out.println(value);
            } else if (arg.startsWith("--end=")) {
                System.exit(Integer.parseInt(value));
            } else if (arg.startsWith("--port=")) {
                greet(Integer.parseInt(value));
            }
        }
        throw new IllegalArgumentException("neither --end nor --port in " + Set.of(args));
    }

    private static void greet(int port) throws IOException {
        try (ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
            System.out.println("listens at " + server.getLocalPort());
            while (true) {
                try (Socket visitor = server.accept()) {
                    visitor.getOutputStream().write('!');
                }
            }
        }
    }
}
