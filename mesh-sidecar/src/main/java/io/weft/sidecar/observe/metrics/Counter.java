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

    public long value() {
        return sum.sum();
    }
}
