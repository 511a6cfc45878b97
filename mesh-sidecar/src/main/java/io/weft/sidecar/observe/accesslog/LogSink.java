package io.weft.sidecar.observe.accesslog;

import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where lines of some access logs go: a file or a stream of the process, with one buffer per event loop before it. */
final class LogSink {
    private static final Logger log = LoggerFactory.getLogger(LogSink.class);
    /** Per event loop; a client decides how long its lines are. */
    private static final int MOST_BYTES = 2 * 1024 * 1024;
    /** A full disk stays full for a while, and a line for every round would fill the next one. */
    private static final long WARN_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String name;
    private final OutputStream out;
    private final List<LineBuffer> buffers = new CopyOnWriteArrayList<>();
    private long warned = System.nanoTime() - WARN_EVERY_NANOS;
    private final FastThreadLocal<LineBuffer> buffer = new FastThreadLocal<>() {
        @Override
        protected LineBuffer initialValue() {
            LineBuffer fresh = new LineBuffer(MOST_BYTES);
            buffers.add(fresh);
            return fresh;
        }

        @Override
        protected void onRemoval(LineBuffer old) {
            old.retire();
        }
    };

    LogSink(String name, OutputStream out) {
        this.name = name;
        this.out = out;
    }

    /** This event loop's. */
    LineBuffer buffer() {
        return buffer.get();
    }

    private void failed(IOException why) {
        long now = System.nanoTime();
        if (now - warned >= WARN_EVERY_NANOS) {
            warned = now;
            log.warn("access log {}: lines could not be written: {}", name, why.toString());
        }
    }

    /** Writes what there is, for the writer's thread; whether there was something, written or lost. */
    boolean drain() {
        boolean some = false;
        for (LineBuffer one : buffers) {
            boolean last = one.isRetired();
            try {
                some |= one.drainTo(out) > 0;
            } catch (IOException e) {
                some = true;
                failed(e);
            }
            if (last) {
                buffers.remove(one);
            }
        }
        return some;
    }

    boolean isEmpty() {
        return buffers.stream().allMatch(LineBuffer::isEmpty);
    }
}
