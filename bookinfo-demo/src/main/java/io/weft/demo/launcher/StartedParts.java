package io.weft.demo.launcher;

import io.weft.demo.launcher.Part.Stage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been started, so that it can be stopped: stage by stage, within each in the reverse order. Once that has begun nothing is added any more. */
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
     * @param atOnce so many of a stage at the same time
     */
    void close(int atOnce) {
        Map<Stage, List<Part>> stages;
        synchronized (this) {
            closed = true;
            stages = started.stream().collect(Collectors.groupingBy(Part::stage, TreeMap::new, Collectors.toList()));
            started.clear();
        }
        ExecutorService stopper = Executors.newFixedThreadPool(atOnce, task -> new Thread(task, "weft-stop-part"));
        try {
            stages.values().forEach(parts -> CompletableFuture.allOf(parts.stream()
                            .map(part -> CompletableFuture.runAsync(() -> stop(part), stopper))
                            .toArray(CompletableFuture[]::new))
                    .join());
        } finally {
            stopper.shutdown();
        }
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
