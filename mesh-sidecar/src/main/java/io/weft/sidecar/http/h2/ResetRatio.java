package io.weft.sidecar.http.h2;

/**
 * Tells a rapid-reset attack (CVE-2023-44487) from a few cancelling clients behind a shared connection: more than half of at least
 * {@value #MINIMUM} requests reset within a second of starting. Resets that the peer makes us send count alike.
 */
final class ResetRatio {

    static final int MINIMUM = 500;
    private static final long QUICK_NANOS = 1_000_000_000L;

    private int requests;
    private int quick;

    void request() {
        if (++requests >= 4 * MINIMUM) {
            requests /= 2;
            quick /= 2;
        }
    }

    /** Notes a reset of a request that is {@code age} nanoseconds old; true when this is an attack. */
    boolean reset(long age) {
        if (age <= QUICK_NANOS) {
            quick++;
        }
        return requests >= MINIMUM && 2 * quick > requests;
    }
}
