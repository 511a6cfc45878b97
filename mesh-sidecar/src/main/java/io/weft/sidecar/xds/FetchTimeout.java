package io.weft.sidecar.xds;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Until when a resource waits for those that it needs: Envoy's {@code initial_fetch_timeout}. */
final class FetchTimeout {
    private static final long NEVER = Long.MAX_VALUE;

    private final long nanos;
    private final LongSupplier nanoTime;

    /** @param timeout zero waits for ever */
    FetchTimeout(Duration timeout, LongSupplier nanoTime) {
        this.nanos = timeout.toNanos();
        this.nanoTime = nanoTime;
    }

    /** When the wait ends of what begins to wait now. */
    long deadline() {
        return nanos == 0 ? NEVER : nanoTime.getAsLong() + nanos;
    }

    boolean passed(long deadline) {
        return deadline != NEVER && nanoTime.getAsLong() - deadline >= 0;
    }
}
