package io.weft.ca.kubernetes;

import java.util.function.LongSupplier;

/** So many a second, and as many again at once after a quiet second. */
final class ReviewRate {

    private final long nanosEach;
    private final long burst;
    private final LongSupplier nanos;
    private long paidUntil;

    ReviewRate(int perSecond, LongSupplier nanos) {
        this.nanosEach = Math.max(1, 1_000_000_000L / perSecond);
        this.burst = nanosEach * perSecond;
        this.nanos = nanos;
        this.paidUntil = nanos.getAsLong() - burst;
    }

    /** False: too many by now. */
    synchronized boolean take() {
        long now = nanos.getAsLong();
        if (now - paidUntil > burst) {
            paidUntil = now - burst;
        }
        if (now - paidUntil < nanosEach) {
            return false;
        }
        paidUntil += nanosEach;
        return true;
    }
}
