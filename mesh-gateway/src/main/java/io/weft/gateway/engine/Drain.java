package io.weft.gateway.engine;

import java.util.concurrent.atomic.AtomicInteger;

/** What is still open on the way through WebFlux, and whether it shall be the last on its connection. Thread-safe. */
final class Drain {

    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean draining;

    void opened() {
        open.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
    }

    /** Exchanges in WebFlux's hands. */
    int open() {
        return open.get();
    }

    /** From now on every answer ends its connection. */
    void start() {
        draining = true;
    }

    boolean isDraining() {
        return draining;
    }
}
