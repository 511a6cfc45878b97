package io.weft.demo.survive;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Parts that stay away although their launcher starts them again: each has been killed and has its port taken, so that it ends instead of starting. Whoever
 * connects there meanwhile is disconnected. {@link #close} lets them come back.
 */
final class Away implements AutoCloseable {

    private final List<ServerSocket> taken = new ArrayList<>();

    /** Kills a part, and takes the port that it cannot do without. */
    void keep(SurvivingMesh mesh, String part, String portProperty) {
        mesh.kill(part);
        int port = mesh.port(portProperty);
        ServerSocket[] socket = new ServerSocket[1];
        // The launcher's next try takes seconds to get to its port.
        await().atMost(Duration.ofSeconds(10)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10)).until(() -> {
            try {
                socket[0] = new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
                return true;
            } catch (BindException stillThere) {
                return false;
            }
        });
        taken.add(socket[0]);
        Thread thread = new Thread(() -> turnAway(socket[0]), "turns-away-" + part);
        thread.setDaemon(true);
        thread.start();
    }

    private static void turnAway(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                socket.accept().close();
            } catch (IOException closed) {
                return;
            }
        }
    }

    @Override
    public void close() {
        for (ServerSocket socket : taken) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
