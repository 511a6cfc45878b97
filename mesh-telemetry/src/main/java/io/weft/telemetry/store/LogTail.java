package io.weft.telemetry.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One follower of the log. It holds a few lines; when they are not taken, newer ones are counted instead of kept. */
public final class LogTail implements AutoCloseable {

    /** Lines that wait for a follower. */
    static final int CAPACITY = 500;

    private final Predicate<LogEntry> filter;
    private final Intake intake;
    private final Consumer<LogTail> onClose;
    private final ArrayDeque<LogEntry> waiting = new ArrayDeque<>();
    private long missed;

    LogTail(Predicate<LogEntry> filter, Intake intake, Consumer<LogTail> onClose) {
        this.filter = filter;
        this.intake = intake;
        this.onClose = onClose;
    }

    /** What a follower is given at a time. */
    public record Batch(List<LogEntry> entries, long missed) {}

    void offer(LogEntry entry) {
        if (!filter.test(entry)) {
            return;
        }
        synchronized (this) {
            if (waiting.size() < CAPACITY) {
                waiting.addLast(entry);
                return;
            }
            missed++;
        }
        intake.dropped(Kind.LOG, DropReason.SLOW_CLIENT, 1);
    }

    /** All that waits, and how many lines were missed behind it. */
    public synchronized Batch take() {
        Batch batch = new Batch(new ArrayList<>(waiting), missed);
        waiting.clear();
        missed = 0;
        return batch;
    }

    @Override
    public void close() {
        onClose.accept(this);
    }
}
