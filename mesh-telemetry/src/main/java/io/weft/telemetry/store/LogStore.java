package io.weft.telemetry.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** The last lines of all access logs: a ring, bounded in lines and in bytes. */
public final class LogStore {

    private final int capacity;
    private final long maxBytes;
    private final int maxTails;
    private final Intake intake;
    private final AtomicLong ids = new AtomicLong();
    private final ArrayDeque<LogEntry> ring = new ArrayDeque<>();
    private final CopyOnWriteArrayList<LogTail> tails = new CopyOnWriteArrayList<>();
    private long bytes;

    /**
     * @param capacity lines kept
     * @param maxBytes what they may take
     * @param maxTails followers at a time
     */
    public LogStore(int capacity, long maxBytes, int maxTails, Intake intake) {
        this.capacity = capacity;
        this.maxBytes = maxBytes;
        this.maxTails = maxTails;
        this.intake = intake;
    }

    /** The number of the next line. */
    public long nextId() {
        return ids.incrementAndGet();
    }

    public void add(LogEntry entry) {
        intake.received(Kind.LOG, 1);
        synchronized (this) {
            ring.addLast(entry);
            bytes += entry.weight();
            while (ring.size() > capacity || bytes > maxBytes) {
                bytes -= ring.removeFirst().weight();
                intake.dropped(Kind.LOG, DropReason.CAPACITY, 1);
            }
        }
        for (LogTail tail : tails) {
            tail.offer(entry);
        }
    }

    /** Those that match, newest first. */
    public synchronized List<LogEntry> newest(Predicate<LogEntry> filter, int limit) {
        List<LogEntry> found = new ArrayList<>();
        Iterator<LogEntry> backwards = ring.descendingIterator();
        while (found.size() < limit && backwards.hasNext()) {
            LogEntry entry = backwards.next();
            if (filter.test(entry)) {
                found.add(entry);
            }
        }
        return found;
    }

    /** Follows what comes from now on; empty when there are too many followers. To be closed. */
    public Optional<LogTail> follow(Predicate<LogEntry> filter) {
        synchronized (tails) {
            if (tails.size() >= maxTails) {
                return Optional.empty();
            }
            LogTail tail = new LogTail(filter, intake, tails::remove);
            tails.add(tail);
            return Optional.of(tail);
        }
    }

    public synchronized int size() {
        return ring.size();
    }

    public int capacity() {
        return capacity;
    }

    /** What the kept lines take, at most. */
    public synchronized long bytes() {
        return bytes;
    }

    public int followers() {
        return tails.size();
    }
}
