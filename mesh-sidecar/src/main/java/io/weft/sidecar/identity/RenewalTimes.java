package io.weft.sidecar.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** When to ask again. Jitter keeps workloads that started together from asking together for ever. */
final class RenewalTimes {

    private static final double JITTER_OF_HALF_LIFE = 0.01;
    private static final double JITTER_OF_RETRY = 0.2;
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LAST_RETRY_WITHOUT = Duration.ofSeconds(2);
    private static final Duration LAST_RETRY_WITH = Duration.ofSeconds(30);
    /** A certificate that ends soon is asked for more often: several times before it does. */
    private static final int TRIES_LEFT = 5;

    private RenewalTimes() {}

    /** The middle of the certificate's life, ± 1 % of its life. */
    static Instant renewAt(Svid svid) {
        Duration life = Duration.between(svid.notBefore(), svid.notAfter());
        double share = 0.5 + ThreadLocalRandom.current().nextDouble(-JITTER_OF_HALF_LIFE, JITTER_OF_HALF_LIFE);
        return svid.notBefore().plusMillis((long) (life.toMillis() * share));
    }

    /**
     * Doubling from 200 ms, ± 20 %.
     *
     * @param failures so far in a row, from 1
     * @param left of the certificate held: at most a fifth of that, and 30 s; without one, or when it is over, at most 2 s
     */
    static Duration retryIn(int failures, Duration left) {
        Duration last = LAST_RETRY_WITHOUT;
        if (!left.isNegative() && !left.isZero()) {
            Duration share = left.dividedBy(TRIES_LEFT);
            last = share.compareTo(LAST_RETRY_WITH) < 0 ? share : LAST_RETRY_WITH;
            last = last.compareTo(FIRST_RETRY) < 0 ? FIRST_RETRY : last;
        }
        long millis = FIRST_RETRY.toMillis() << Math.min(failures - 1, 10);
        double jitter = 1 + ThreadLocalRandom.current().nextDouble(-JITTER_OF_RETRY, JITTER_OF_RETRY);
        return Duration.ofMillis((long) (Math.min(millis, last.toMillis()) * jitter));
    }
}
