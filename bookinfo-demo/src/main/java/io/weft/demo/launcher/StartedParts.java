package io.weft.demo.launcher;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been started, so that it can be stopped: what clients reach first, the rest in the reverse order. Once that has begun nothing is added any more. */
final class StartedParts {

    private static final Logger log = LoggerFactory.getLogger(StartedParts.class);

    private final Deque<Part> started = new ArrayDeque<>();
    private boolean closed;

    /** Keeps a part; stops it at once if everything is being stopped. */
    void add(Part part) {
        synchronized (this) {
            if (!closed) {
                started.push(part);
                return;
            }
        }
        stop(part);
    }

    /** In the order they were started. */
    synchronized List<Part> parts() {
        List<Part> parts = new ArrayList<>(started);
        Collections.reverse(parts);
        return parts;
    }

    /**
     * Stops all of them.
     *
     * @param first the part that stops before all others, whenever it was started: where clients come in, so that nobody asks any more
     */
    void close(String first) {
        synchronized (this) {
            closed = true;
            for (Part part : List.copyOf(started)) {
                if (part.name().equals(first)) {
                    started.remove(part);
                    started.push(part);
                }
            }
        }
        for (Part next = pop(); next != null; next = pop()) {
            stop(next);
        }
    }

    private synchronized @Nullable Part pop() {
        return started.poll();
    }

    /** A part that will not stop must not keep the others from it. */
    private static void stop(Part part) {
        try {
            part.stop().close();
            log.info("{} stopped", part.name());
        } catch (Exception failed) {
            log.warn("{} did not stop cleanly", part.name(), failed);
        }
    }
}
