package io.weft.gateway.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A port for those who have to know it before it is bound, or while nobody is there: below all that the system gives out by itself, so that
 * nobody gets it in the meantime by chance.
 */
final class FreePort {
    private static final int LOWEST = 15_100;
    private static final int HIGHEST = 31_999;
    /** Any at first, because other tests may run beside these; then in turn, because nobody wants the same one twice. */
    private static final AtomicInteger NEXT = new AtomicInteger(ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST));

    private FreePort() {}

    static int next() {
        for (int attempt = 0; ; attempt++) {
            int port = NEXT.getAndUpdate(last -> last == HIGHEST ? LOWEST : last + 1);
            try (ServerSocket free = new ServerSocket(port)) {
                return free.getLocalPort();
            } catch (IOException taken) {
                if (attempt == 100) {
                    throw new UncheckedIOException(taken);
                }
            }
        }
    }
}
