package io.weft.ca.grpc;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where calls with a token are worked on. Where checking a token means asking somebody else, they have threads of their own, so that
 * whoever renews by certificate never waits behind them; and a bounded line.
 */
public final class TokenCalls implements AutoCloseable {

    private final @Nullable ThreadPoolExecutor threads;

    private TokenCalls(@Nullable ThreadPoolExecutor threads) {
        this.threads = threads;
    }

    /** On the thread of the call: for tokens that are checked without asking anybody. */
    public static TokenCalls onCallersThread() {
        return new TokenCalls(null);
    }

    /**
     * Beside the others.
     *
     * @param atATime calls worked on
     * @param waiting calls in line; more are sent away
     */
    public static TokenCalls beside(int atATime, int waiting) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                atATime, atATime, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waiting), new DefaultThreadFactory("mesh-ca-tokens", true));
        threads.allowCoreThreadTimeOut(true);
        return new TokenCalls(threads);
    }

    /** False: the line is full, or it is the end. */
    boolean offer(Runnable call) {
        if (threads == null) {
            call.run();
            return true;
        }
        try {
            threads.execute(call);
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.shutdownNow();
        }
    }
}
