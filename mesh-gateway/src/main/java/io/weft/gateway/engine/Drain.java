package io.weft.gateway.engine;

import java.util.concurrent.atomic.AtomicInteger;

/** What clients still have open here, and whether an answer shall be the last on its connection. Thread-safe. */
final class Drain {

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean draining;

    void opened() {
        open.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
    }

    void connected() {
        connections.incrementAndGet();
    }

    void disconnected() {
        connections.decrementAndGet();
    }

    /** Client connections, whatever they carry. */
    int connections() {
        return connections.get();
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
