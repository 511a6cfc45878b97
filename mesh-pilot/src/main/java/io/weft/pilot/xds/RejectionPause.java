package io.weft.pilot.xds;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How long a client that rejects is left alone: a first rejection is followed by a fix at once; who goes on rejecting is given pauses that double.
 *
 * @param min after the second rejection in a row
 * @param max never more
 */
record RejectionPause(Duration min, Duration max) {

    /**
     * What is left of the pause now; zero: none.
     *
     * @param rejections in a row
     * @param last       when the last one came; null: never
     */
    Duration left(int rejections, @Nullable Instant last, Instant now) {
        if (rejections < 2 || last == null) {
            return Duration.ZERO;
        }
        Duration pause = min;
        for (int i = 2; i < rejections && pause.compareTo(max) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        Duration left = Duration.between(now, last.plus(pause.compareTo(max) > 0 ? max : pause));
        return left.isNegative() ? Duration.ZERO : left;
    }
}
