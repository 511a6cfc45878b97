package io.weft.sidecar.listener;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the clients' connections of all listeners; whoever stops the engine waits here until none is left. */
final class OpenConnections {
    private final AtomicInteger count = new AtomicInteger();
    private volatile long noneSince = System.nanoTime() - TimeUnit.DAYS.toNanos(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();

    /** How many there are with this one. */
    int opened() {
        return count.incrementAndGet();
    }

    /** The lock is taken for the last one only. */
    void closed() {
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
