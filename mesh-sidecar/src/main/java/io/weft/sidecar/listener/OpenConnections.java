package io.weft.sidecar.listener;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The clients' connections of all listeners: so many at most; whoever stops the engine waits here until none is left. */
final class OpenConnections {
    private final int most;
    private final ConnectionBudget budget;
    private final AtomicInteger count = new AtomicInteger();
    private volatile long noneSince = System.nanoTime() - TimeUnit.DAYS.toNanos(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();

    /**
     * @param most of this engine
     * @param budget of all engines
     */
    OpenConnections(int most, ConnectionBudget budget) {
        this.most = most;
        this.budget = budget;
    }

    /** False: there are too many by now, and this one is not counted. */
    boolean opened() {
        if (count.incrementAndGet() <= most && budget.take()) {
            return true;
        }
        left();
        return false;
    }

    void closed() {
        budget.give();
        left();
    }

    /** The lock is taken for the last one only. */
    private void left() {
        if (count.decrementAndGet() == 0) {
            noneSince = System.nanoTime();
            lock.lock();
            try {
                none.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    int open() {
        return count.get();
    }

    /** How long there has been none; zero while there is one, a day and more if there never was one. */
    Duration quiet() {
        return count.get() > 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - noneSince);
    }

    /** Gives up when interrupted; the thread stays so. */
    void awaitNone(long timeout, TimeUnit unit) {
        long left = unit.toNanos(timeout);
        lock.lock();
        try {
            while (count.get() > 0 && left > 0) {
                left = none.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
