package io.weft.sidecar.observe.metrics;

import java.util.concurrent.atomic.LongAdder;

/** A sum; also serves as a gauge. */
public final class Counter {
    private final LongAdder sum = new LongAdder();

    public void increment() {
        sum.increment();
    }

    public void add(long amount) {
        sum.add(amount);
    }

    /** For a gauge that is set by one thread at a time. */
    public void set(long value) {
        sum.add(value - sum.sum());
    }

    public long value() {
        return sum.sum();
    }
}
