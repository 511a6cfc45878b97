package io.weft.sidecar.observe.send;

import io.netty.channel.EventLoop;
import io.weft.sidecar.observe.metrics.Counter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where event loops drop encoded observations, and one loop collects them: when enough have gathered, or some time after the first. Bounded in bytes: what
 * does not fit is dropped and counted, and nobody waits. Thread-safe.
 */
public final class Postbox {
    /** What an item costs beside its bytes. */
    private static final int OVERHEAD = 64;

    private final EventLoop loop;
    private final long mostBytes;
    private final long enoughBytes;
    private final long intervalMillis;
    private final Counter dropped;
    private final ConcurrentLinkedQueue<byte[]> items = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean urgent = new AtomicBoolean();
    private final AtomicBoolean timed = new AtomicBoolean();
    private @Nullable Runnable collector;

    /**
     * @param loop collects
     * @param enoughBytes collected at once when there is this much
     * @param interval collected after this long at the latest
     */
    public Postbox(EventLoop loop, long mostBytes, long enoughBytes, Duration interval, Counter dropped) {
        this.loop = loop;
        this.mostBytes = mostBytes;
        this.enoughBytes = enoughBytes;
        this.intervalMillis = Math.max(1, interval.toMillis());
        this.dropped = dropped;
    }

    /** Set before the first {@link #offer}. */
    void collector(Runnable collects) {
        collector = collects;
    }

    EventLoop loop() {
        return loop;
    }

    /** Takes the item, or drops and counts it. */
    public void offer(byte[] item) {
        long size = item.length + OVERHEAD;
        long now = bytes.addAndGet(size);
        if (now > mostBytes || loop.isShuttingDown()) {
            bytes.addAndGet(-size);
            dropped.increment();
            return;
        }
        items.add(item);
        if (now >= enoughBytes) {
            collectNow();
        } else if (!timed.get()) {
            collectLater(intervalMillis);
        }
    }

    void collectNow() {
        if (!loop.isShuttingDown() && urgent.compareAndSet(false, true)) {
            loop.execute(() -> {
                urgent.set(false);
                collect();
            });
        }
    }

    void collectLater(long millis) {
        if (!loop.isShuttingDown() && timed.compareAndSet(false, true)) {
            loop.schedule(
                    () -> {
                        timed.set(false);
                        collect();
                    },
                    millis,
                    TimeUnit.MILLISECONDS);
        }
    }

    /** Runs on the collecting loop; false when that is gone. */
    boolean execute(Runnable task) {
        if (loop.isShuttingDown()) {
            return false;
        }
        loop.execute(task);
        return true;
    }

    private void collect() {
        Runnable collects = collector;
        if (collects != null) {
            collects.run();
        }
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** At least one if there is one, no more than {@code most} bytes else. */
    List<byte[]> take(long most) {
        List<byte[]> taken = new ArrayList<>();
        long sum = 0;
        for (byte[] next = items.peek(); next != null && (taken.isEmpty() || sum + next.length <= most); next = items.peek()) {
            items.poll();
            bytes.addAndGet(-next.length - OVERHEAD);
            sum += next.length;
            taken.add(next);
        }
        return taken;
    }

    Counter dropped() {
        return dropped;
    }
}
