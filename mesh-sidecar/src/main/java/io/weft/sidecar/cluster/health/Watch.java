package io.weft.sidecar.cluster.health;

import io.netty.channel.EventLoop;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps asking one target. As in Envoy the first result counts at once, whichever it is; after that it takes as many in a row as the thresholds say. Owned by
 * the event loop.
 */
final class Watch {
    private final Target target;
    private final Probe probe;
    private final EventLoop loop;
    private final Changed changed;
    private @Nullable Future<?> next;
    private boolean known;
    private boolean healthy;
    private @Nullable String problem;
    private int inARow;
    private boolean stopped;

    /** Told when a target turns well or unwell, or is known for the first time. */
    interface Changed {
        void changed(Target target, boolean healthy, @Nullable String problem);
    }

    Watch(Target target, Probe probe, EventLoop loop, Changed changed) {
        this.target = target;
        this.probe = probe;
        this.loop = loop;
        this.changed = changed;
    }

    void start() {
        ask();
    }

    void stop() {
        stopped = true;
        if (next != null) {
            next.cancel(false);
        }
    }

    boolean known() {
        return known;
    }

    /** What is wrong; null when it is well or not known yet. */
    @Nullable String problem() {
        return known && !healthy ? problem : null;
    }

    private void ask() {
        if (!stopped) {
            probe.ask(target.address(), target.check().timeout(), this::answered);
        }
    }

    private void answered(@Nullable String wrong) {
        if (stopped) {
            return;
        }
        boolean well = wrong == null;
        if (wrong != null) {
            problem = wrong;
        }
        if (!known) {
            known = true;
            turn(well);
        } else if (well == healthy) {
            inARow = 0;
        } else {
            inARow++;
            int needed = well ? target.check().healthyThreshold() : target.check().unhealthyThreshold();
            if (inARow >= needed) {
                turn(well);
            }
        }
        next = loop.schedule(this::ask, target.check().interval().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void turn(boolean well) {
        healthy = well;
        inARow = 0;
        changed.changed(target, well, well ? null : problem);
    }
}
