package io.weft.gateway.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** The exchanges that WebFlux still has open, and whether an answer shall be the last on its connection. Thread-safe. */
final class Drain {

    /** What is waited for may depend on others' counters too, who tell nobody. */
    private static final long LOOK_MILLIS = 20;

    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean draining;

    void opened() {
        open.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
        changed();
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

    /** Only who drains waits, so until then nobody is told. */
    private void changed() {
        if (draining) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /**
     * Waits for something that is read off the counters, after {@link #start}.
     *
     * @return whether it came about in time
     */
    synchronized boolean await(Duration most, BooleanSupplier done) {
        long end = System.nanoTime() + most.toNanos();
        while (!done.getAsBoolean()) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            try {
                wait(Math.min(left, LOOK_MILLIS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
