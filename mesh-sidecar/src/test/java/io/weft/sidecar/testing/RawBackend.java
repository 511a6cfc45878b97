package io.weft.sidecar.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend that reads heads and does as its script says; it remembers what it saw, byte by byte. */
public final class RawBackend implements AutoCloseable {
    private final ServerSocket server;
    private final Script script;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /** Answers one request whose head was read; body bytes are still in {@code in}. False closes the connection. */
    @FunctionalInterface
    public interface Script {
        boolean answer(String head, InputStream in, OutputStream out) throws IOException;
    }

    public RawBackend(Script script) throws IOException {
        this.script = script;
        this.server = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
        daemon(this::accept);
    }

    /** Always the same answer. */
    public static RawBackend fixed(String response) throws IOException {
        return new RawBackend((head, in, out) -> {
            body(head, in);
            out.write(response.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return true;
        });
    }

    /** 200 with this body. */
    public static RawBackend text(String body) throws IOException {
        return fixed("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** Reads what content-length or chunked says and gives it back. */
    public static byte[] body(String head, InputStream in) throws IOException {
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("\r\ncontent-length:");
        if (at >= 0) {
            int end = lower.indexOf("\r\n", at + 2);
            return in.readNBytes(Integer.parseInt(lower.substring(at + 17, end).trim()));
        }
        if (!lower.contains("transfer-encoding: chunked")) {
            return new byte[0];
        }
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(in), 16);
            if (size == 0) {
                for (String line = line(in); !line.isEmpty(); line = line(in)) {
                    all.write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
                }
                return all.toByteArray();
            }
            all.write(in.readNBytes(size));
            line(in);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("closed");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "raw-backend");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                connections.incrementAndGet();
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            for (int b = in.read(); b >= 0; b = in.read()) {
                head.append((char) b);
                if (b == '\n' && head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
                    heads.add(head.toString());
                    if (!script.answer(head.toString(), in, socket.getOutputStream())) {
                        return;
                    }
                    head.setLength(0);
                }
            }
        } catch (IOException closed) {
            // the proxy has closed, or the test is over
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    public List<String> heads() {
        return heads;
    }

    public int connections() {
        return connections.get();
    }

    /** Closes the connections that are open now. */
    public void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        hangUp();
    }
}
