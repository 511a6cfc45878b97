package io.weft.sidecar.http.h2;

/**
 * How many frames that carry nothing (PING, SETTINGS, PRIORITY, WINDOW_UPDATE) a peer may send: a stock, refilled by time and by real work, so
 * that a busy connection is never near the limit and an idle one cannot keep us busy.
 */
final class ControlBudget {

    static final int STOCK = 2_000;
    private static final int PER_STREAM = 10;
    private static final int PER_DATA_FRAME = 4;
    private static final int PER_SECOND = 100;
    private static final long SECOND = 1_000_000_000L;

    private int left = STOCK;
    private long refilled = System.nanoTime();

    void streamOpened() {
        left = Math.min(STOCK, left + PER_STREAM);
    }

    /** In either direction: each of ours is answered by window updates. */
    void dataFrame() {
        left = Math.min(STOCK, left + PER_DATA_FRAME);
    }

    /** Takes one; false when there is none left. */
    boolean take() {
        if (--left >= 0) {
            return true;
        }
        long seconds = (System.nanoTime() - refilled) / SECOND;
        if (seconds > 0) {
            refilled += seconds * SECOND;
            left = (int) Math.min(STOCK, seconds * PER_SECOND);
        }
        return left >= 0;
    }
}
