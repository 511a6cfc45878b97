package io.weft.sidecar.bootstrap;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import reactor.netty.resources.LoopResources;

/**
 * Threads that several sidecars of one JVM use together. Whoever made them disposes of them, after the sidecars have stopped.
 *
 * @param loops event loops of listeners, upstream connections and admin endpoints
 * @param control one thread for configuration: parsing, compiling, the disk cache
 */
public record SharedResources(LoopResources loops, ScheduledExecutorService control) implements AutoCloseable {

    /** Loops of somebody else's, and a configuration thread of our own. */
    public static SharedResources of(LoopResources loops) {
        return new SharedResources(loops, controlThread());
    }

    static SharedResources own(int concurrency) {
        return new SharedResources(LoopResources.create("weft", concurrency, true), controlThread());
    }

    private static ScheduledExecutorService controlThread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("weft-config", true));
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
        return Executors.unconfigurableScheduledExecutorService(executor);
    }

    /** Ends the configuration thread; the loops are their maker's. */
    @Override
    public void close() {
        control.shutdown();
    }
}
