package io.weft.sidecar.xds;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Fully jittered exponential back-off, as Envoy's {@code JitteredExponentialBackOffStrategy}: many proxies must not come back to a restarted pilot as one wave. */
final class Backoff {

    private final long baseMillis;
    private final long maxMillis;
    private final RandomGenerator random;
    private long ceilingMillis;

    Backoff(Duration base, Duration max, RandomGenerator random) {
        this.baseMillis = base.toMillis();
        this.maxMillis = max.toMillis();
        this.random = random;
        this.ceilingMillis = baseMillis;
    }

    /** The time to wait now; each call doubles what the next one may be. */
    Duration next() {
        long floor = Math.min(50, baseMillis);
        long delay = floor + random.nextLong(Math.max(1, ceilingMillis - floor + 1));
        ceilingMillis = Math.min(maxMillis, ceilingMillis * 2);
        return Duration.ofMillis(delay);
    }

    /** To be called when an attempt brought something. */
    void reset() {
        ceilingMillis = baseMillis;
    }
}
