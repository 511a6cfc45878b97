package io.weft.sidecar.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A server of bytes: whoever connects is talked to as a test says, on a thread of its own; then the connection is closed. */
public final class SocketServer implements AutoCloseable {
    private final ServerSocket server;
    private final Talk talk;

    /** What is said on one connection. */
    @FunctionalInterface
    public interface Talk {
        void with(Socket socket) throws IOException;
    }

    public SocketServer(ServerSocket server, Talk talk) {
        this.server = server;
        this.talk = talk;
        daemon(this::accept);
    }

    public static SocketServer start(Talk talk) throws IOException {
        return new SocketServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), talk);
    }

    /** Gives back what comes, until that ends. */
    public static void echo(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
    }

    /** A connection that does not wait for ever. */
    public static Socket connect(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "socket-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            talk.with(socket);
        } catch (IOException closed) {
            // the proxy has closed, or the test is over
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
