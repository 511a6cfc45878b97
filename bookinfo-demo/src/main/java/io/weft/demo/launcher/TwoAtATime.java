package io.weft.demo.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.MDC;

/** Starts parts two at a time: on two cores that is fastest, and more would only make each of them wait. */
final class TwoAtATime implements AutoCloseable {

    /** Something to start, and for whom. */
    record Step(String part, Callable<?> start) {}

    private final ExecutorService executor = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "weft-start");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Runs all steps.
     *
     * @throws PartFailure if one failed; those that had not begun are not begun any more
     */
    void run(List<Step> steps) throws InterruptedException {
        List<Future<?>> running = new ArrayList<>();
        for (Step step : steps) {
            running.add(executor.submit(() -> named(step)));
        }
        for (Future<?> each : running) {
            try {
                each.get();
            } catch (ExecutionException failed) {
                running.forEach(other -> other.cancel(false));
                throw failed.getCause() instanceof PartFailure failure ? failure : new PartFailure("weft", failed.getCause());
            }
        }
    }

    private static Object named(Step step) {
        MDC.put("part", step.part());
        try {
            return step.start().call();
        } catch (Exception failed) {
            throw new PartFailure(step.part(), failed);
        } finally {
            MDC.remove("part");
        }
    }

    /** Lets what is starting finish, so that it can be stopped. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            executor.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
