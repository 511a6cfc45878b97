package io.weft.sidecar.observe.send;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a receiver that is away is borne: pauses that grow, and one line in the log when it goes and one when it is back. */
final class Patience {
    private static final Logger log = LoggerFactory.getLogger(Patience.class);
    private static final long FIRST_MILLIS = 1_000;
    private static final long LONGEST_MILLIS = 30_000;

    private final String what;
    private int failures;
    private boolean quiet;
    private long notBefore = System.nanoTime();

    Patience(String what) {
        this.what = what;
    }

    /** Nothing more is said: it is ours to end. */
    void quiet() {
        quiet = true;
    }

    void succeeded() {
        if (failures > 0 && !quiet) {
            log.info("{}: delivered again", what);
        }
        failures = 0;
        notBefore = System.nanoTime();
    }

    void failed(String reason) {
        if (failures == 0 && !quiet) {
            log.warn("{}: not delivered: {}; requests are not affected, what does not fit into the queue is dropped and counted", what, reason);
        }
        failures++;
        long pause = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(failures - 1, 5));
        notBefore = System.nanoTime() + pause * 1_000_000;
    }

    /** 0: now. */
    long waitMillis() {
        long left = notBefore - System.nanoTime();
        return left <= 0 ? 0 : left / 1_000_000 + 1;
    }
}
