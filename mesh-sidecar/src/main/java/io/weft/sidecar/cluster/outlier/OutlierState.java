package io.weft.sidecar.cluster.outlier;

import java.util.concurrent.atomic.AtomicInteger;

/** What the outlier detector remembers of one host. Counters are written by event loops, ejection by {@link OutlierDetector}. */
public final class OutlierState {
    private final AtomicInteger consecutive5xx = new AtomicInteger();
    private final AtomicInteger consecutiveGateway = new AtomicInteger();
    private final AtomicInteger consecutiveLocal = new AtomicInteger();
    private final AtomicInteger successes = new AtomicInteger();
    private final AtomicInteger total = new AtomicInteger();
    private volatile boolean ejected;
    private long ejectedAtNanos;
    private int ejections;

    public boolean ejected() {
        return ejected;
    }

    /** Counts one answer and gives how many 5xx there were in a row. */
    int count5xx(boolean error) {
        return count(consecutive5xx, error);
    }

    int countGateway(boolean error) {
        return count(consecutiveGateway, error);
    }

    int countLocal(boolean error) {
        return count(consecutiveLocal, error);
    }

    /** The good case writes nothing that is already so: a shared cache line stays shared. */
    private static int count(AtomicInteger counter, boolean error) {
        if (error) {
            return counter.incrementAndGet();
        }
        if (counter.get() != 0) {
            counter.set(0);
        }
        return 0;
    }

    void countResult(boolean success) {
        total.incrementAndGet();
        if (success) {
            successes.incrementAndGet();
        }
    }

    /** Requests of the interval that ends, and a new interval begins; -1 when there were fewer than {@code volume}. */
    double takeSuccessRate(int volume) {
        int all = total.getAndSet(0);
        int good = successes.getAndSet(0);
        return all < volume || all == 0 ? -1 : 100.0 * good / all;
    }

    void eject(long nowNanos) {
        ejected = true;
        ejectedAtNanos = nowNanos;
        ejections++;
    }

    void restore() {
        ejected = false;
        consecutive5xx.set(0);
        consecutiveGateway.set(0);
        consecutiveLocal.set(0);
    }

    /** Envoy lets the multiplier fall by one for each interval without an ejection. */
    void forgive() {
        if (ejections > 0) {
            ejections--;
        }
    }

    long ejectedAtNanos() {
        return ejectedAtNanos;
    }

    int ejections() {
        return ejections;
    }
}
