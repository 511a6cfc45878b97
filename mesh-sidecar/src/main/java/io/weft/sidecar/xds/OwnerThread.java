package io.weft.sidecar.xds;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that owns the configuration. What comes when it has ended is dropped, and what was scheduled does not happen after the end. */
final class OwnerThread {
    /** Under one name in the log with all else that happens to the stream. */
    private static final Logger log = LoggerFactory.getLogger(AdsClient.class);

    private final ScheduledExecutorService executor;
    private boolean closed;

    OwnerThread(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    /** From any thread. */
    void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            log.debug("after the end: {}", e.toString());
        }
    }

    /** Null when there is no thread any more. */
    @Nullable ScheduledFuture<?> schedule(Runnable task, Duration delay) {
        try {
            return executor.schedule(
                    () -> {
                        if (!closed) {
                            task.run();
                        }
                    },
                    delay.toNanos(),
                    TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("after the end: {}", e.toString());
            return null;
        }
    }

    /** On the thread itself, like {@link #closed()}: this is the end. */
    void close() {
        closed = true;
    }

    boolean closed() {
        return closed;
    }
}
