package io.weft.sidecar.cluster.balance;

import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.ClusterResource.SlowStart;
import org.jspecify.annotations.Nullable;

/**
 * Envoy's slow start, by rejection: a host that was drawn while it is warming up is kept with the probability its weight is scaled by, else another one is
 * drawn. So shares follow the clock without a picture of the hosts being made anew, and nothing is paid once all are warm.
 */
final class WarmingUp {
    /** All hosts are new: then all are equal, and one has to be taken. */
    private static final int MOST_DRAWS = 8;
    private static final double RESOLUTION = 1 << 20;

    private final long window;
    private final double exponent;
    private final double least;
    private final long warmAt;

    private WarmingUp(SlowStart slowStart, long warmAt) {
        this.window = slowStart.window().toNanos();
        this.exponent = 1 / slowStart.aggression();
        this.least = slowStart.minWeight();
        this.warmAt = warmAt;
    }

    /** Null when none of the hosts is warming up. */
    static @Nullable WarmingUp of(Host[] hosts, @Nullable SlowStart slowStart) {
        if (slowStart == null || hosts.length < 2) {
            return null;
        }
        long now = System.nanoTime();
        long window = slowStart.window().toNanos();
        long left = 0;
        for (Host host : hosts) {
            left = Math.max(left, window - (now - host.warmingSince()));
        }
        return left <= 0 ? null : new WarmingUp(slowStart, now + left);
    }

    boolean over() {
        return System.nanoTime() - warmAt >= 0;
    }

    /** Whether to keep what was drawn the {@code draws}th time. */
    boolean keep(Host host, int draws, LoopState loop) {
        if (draws >= MOST_DRAWS) {
            return true;
        }
        double age = Math.max(0, System.nanoTime() - host.warmingSince());
        return age >= window || loop.nextInt((int) RESOLUTION) < RESOLUTION * Math.max(least, Math.pow(age / window, exponent));
    }
}
