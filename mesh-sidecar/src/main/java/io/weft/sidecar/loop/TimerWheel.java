package io.weft.sidecar.loop;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A hashed wheel per event loop: arming and cancelling are O(1) and allocate nothing, because the {@link Deadline} is its own list
 * node. The wheel ticks only while something is armed, so an idle process sleeps.
 */
public final class TimerWheel implements Runnable {
    /** Length of a tick: how late a deadline may be. */
    public static final long TICK_MILLIS = 8;

    private static final int SLOTS = 1024;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);

    private final EventLoop loop;
    private final @Nullable Deadline[] slots = new Deadline[SLOTS];
    private final long origin = System.nanoTime();
    private long tick;
    private int armed;
    private boolean ticking;

    TimerWheel(EventLoop loop) {
        this.loop = loop;
    }

    /** Arms or re-arms. */
    public void arm(Deadline deadline, long delayMillis) {
        if (deadline.armed()) {
            unlink(deadline);
        }
        long now = (System.nanoTime() - origin) / TICK_NANOS;
        if (!ticking) {
            tick = now;
        }
        deadline.at = Math.max(now, tick) + 1 + Math.max(0, delayMillis) / TICK_MILLIS;
        link(deadline);
        if (!ticking) {
            ticking = true;
            loop.schedule(this, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Does nothing when it is not armed. */
    public void cancel(Deadline deadline) {
        if (deadline.armed()) {
            unlink(deadline);
        }
    }

    private void link(Deadline deadline) {
        int slot = (int) (deadline.at & (SLOTS - 1));
        Deadline head = slots[slot];
        deadline.slot = slot;
        deadline.previous = null;
        deadline.next = head;
        if (head != null) {
            head.previous = deadline;
        }
        slots[slot] = deadline;
        armed++;
    }

    private void unlink(Deadline deadline) {
        Deadline previous = deadline.previous;
        Deadline next = deadline.next;
        if (previous == null) {
            slots[deadline.slot] = next;
        } else {
            previous.next = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        deadline.previous = null;
        deadline.next = null;
        deadline.slot = -1;
        armed--;
    }

    /** One or more ticks. Called by the loop. */
    @Override
    public void run() {
        long now = (System.nanoTime() - origin) / TICK_NANOS;
        if (now - tick > SLOTS) {
            tick = now - SLOTS;
        }
        while (tick < now) {
            tick++;
            expire((int) (tick & (SLOTS - 1)), now);
        }
        ticking = armed > 0;
        if (ticking) {
            loop.schedule(this, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** An expiring deadline may arm or cancel others, so the list is scanned anew after each. */
    private void expire(int slot, long now) {
        Deadline deadline = slots[slot];
        while (deadline != null) {
            if (deadline.at <= now) {
                unlink(deadline);
                deadline.expired();
                deadline = slots[slot];
            } else {
                deadline = deadline.next;
            }
        }
    }
}
