package io.weft.sidecar.listener;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Scanner;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * How many clients' connections all engines of a process hold at a time: half of the descriptors it may open, as each may need another one towards an endpoint.
 * Whoever comes beyond is turned away at once; without descriptors nobody could be served, nor a file read.
 */
final class ConnectionBudget {

    /** This process's. */
    static final ConnectionBudget PROCESS = new ConnectionBudget(half(Path.of("/proc/self/limits")));

    private final int most;
    private final AtomicInteger taken = new AtomicInteger();

    ConnectionBudget(int most) {
        this.most = most;
    }

    /** Of the limit in force, a line {@code Max open files  20000  20000  files}; where it is not said there is none. */
    static int half(Path limits) {
        try (Stream<String> lines = Files.lines(limits)) {
            return lines.filter(line -> line.startsWith("Max open files"))
                    .map(line -> new Scanner(line.substring("Max open files".length())))
                    .filter(Scanner::hasNextInt)
                    .findFirst()
                    .map(soft -> Math.max(1, soft.nextInt() / 2))
                    .orElse(Integer.MAX_VALUE);
        } catch (IOException notLinux) {
            return Integer.MAX_VALUE;
        }
    }

    boolean take() {
        if (taken.incrementAndGet() > most) {
            taken.decrementAndGet();
            return false;
        }
        return true;
    }

    void give() {
        taken.decrementAndGet();
    }
}
