package io.weft.sidecar.observe.accesslog;

import io.netty.util.concurrent.FastThreadLocal;
import io.weft.sidecar.http.RequestLog;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.observe.wire.JsonWriter;
import io.weft.sidecar.resource.AccessLogResource;
import io.weft.sidecar.tcp.TcpLog;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes access logs and writes their lines. Lines are formatted on event loops and written by one thread, which is started with the first log; when it cannot
 * keep up, lines are dropped and counted rather than requests held up.
 */
public final class AccessLogs implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AccessLogs.class);
    private static final int QUEUE = 8192;
    /** A client decides how long its lines are. */
    private static final long MOST_BYTES = 16L * 1024 * 1024;

    private static final int BATCH = 1024;
    private static final long GATHER_NANOS = 5_000_000;

    private static final FastThreadLocal<StringBuilder> LINE = new FastThreadLocal<>() {
        @Override
        protected StringBuilder initialValue() {
            return new StringBuilder(512);
        }
    };

    private final BlockingQueue<Line> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Map<String, OutputStream> sinks = new ConcurrentHashMap<>();
    private final Counter dropped;
    private final AtomicBoolean resting = new AtomicBoolean();
    private final AtomicLong queued = new AtomicLong();
    private volatile @Nullable Thread writer;
    private volatile boolean closed;

    public AccessLogs() {
        this(new EngineMetrics());
    }

    /** @param metrics where dropped lines are counted: {@code weft_access_log_entries_dropped_total} */
    public AccessLogs(EngineMetrics metrics) {
        this.dropped = metrics.counter(MetricKey.of("weft_access_log_entries_dropped_total", "sink", "file"));
    }

    private record Line(OutputStream sink, byte[] text) {}

    /** Opens one log. */
    public AccessLog open(AccessLogResource.Lines resource) {
        OutputStream sink = sinks.computeIfAbsent(resource.sink() + " " + resource.path(), key -> sink(resource));
        startWriter();
        if (!resource.json().isEmpty()) {
            return json(sink, resource.json());
        }
        LogFormat format = LogFormat.of(resource.text() == null ? LogFormat.ENVOY_DEFAULT : resource.text());
        return new Lines(entry -> {
            StringBuilder line = LINE.get();
            line.setLength(0);
            format.write(entry, line, false);
            offer(sink, line);
        });
    }

    /** Envoy's default format on standard output. */
    public AccessLog standardOutput() {
        return open(new AccessLogResource.Lines(AccessLogResource.Sink.STDOUT, "/dev/stdout", null, Map.of()));
    }

    private record Lines(Consumer<Entry> writer) implements AccessLog {
        @Override
        public void onEnd(RequestLog request) {
            writer.accept(new Entry.Request(request));
        }

        @Override
        public void onEnd(TcpLog connection) {
            writer.accept(new Entry.Connection(connection));
        }
    }

    private record Field(String key, LogFormat format) {}

    private AccessLog json(OutputStream sink, Map<String, String> keys) {
        List<Field> fields = new ArrayList<>();
        new TreeMap<>(keys).forEach((key, text) -> fields.add(new Field(JsonWriter.quote(new StringBuilder(), key).toString(), LogFormat.of(text))));
        return new Lines(entry -> offer(sink, jsonLine(fields, entry)));
    }

    private static StringBuilder jsonLine(List<Field> fields, Entry entry) {
        StringBuilder line = new StringBuilder(256).append('{');
        StringBuilder value = new StringBuilder();
        for (Field field : fields) {
            value.setLength(0);
            field.format().write(entry, value, true);
            line.append(line.length() == 1 ? "" : ",").append(field.key()).append(':');
            if (value.length() == 1 && value.charAt(0) == '-') {
                line.append("null");
            } else {
                JsonWriter.quote(line, value);
            }
        }
        return line.append("}\n");
    }

    private void offer(OutputStream sink, StringBuilder line) {
        if (line.length() == 0 || line.charAt(line.length() - 1) != '\n') {
            line.append('\n');
        }
        byte[] text = line.toString().getBytes(StandardCharsets.UTF_8);
        if (queued.addAndGet(text.length) > MOST_BYTES || !queue.offer(new Line(sink, text))) {
            queued.addAndGet(-text.length);
            dropped.increment();
        } else if (resting.get() && resting.compareAndSet(true, false)) {
            LockSupport.unpark(writer);
        }
    }

    /** Lines that were not written because the writer was behind. */
    public long dropped() {
        return dropped.value();
    }

    private static OutputStream sink(AccessLogResource.Lines resource) {
        try {
            return switch (resource.sink()) {
                case STDOUT -> new FileOutputStream(FileDescriptor.out);
                case STDERR -> new FileOutputStream(FileDescriptor.err);
                case FILE -> Files.newOutputStream(
                        Path.of(resource.path()), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            };
        } catch (IOException e) {
            throw new UncheckedIOException("access log " + resource.path(), e);
        }
    }

    private synchronized void startWriter() {
        if (writer == null) {
            writer = new Thread(this::write, "weft-access-log");
            writer.setDaemon(true);
            writer.start();
        }
    }

    /** Rests when there is nothing, and a moment after each batch: waking it for every line would cost more than the line. */
    private void write() {
        List<Line> batch = new ArrayList<>();
        while (true) {
            if (queue.drainTo(batch, BATCH) > 0) {
                write(batch);
                batch.clear();
                if (!closed) {
                    LockSupport.parkNanos(this, GATHER_NANOS);
                }
            } else if (closed) {
                return;
            } else {
                resting.set(true);
                if (queue.isEmpty() && !closed) {
                    LockSupport.park(this);
                }
                resting.set(false);
            }
        }
    }

    /** Lines for one sink go out together. */
    private void write(List<Line> lines) {
        int from = 0;
        while (from < lines.size()) {
            OutputStream sink = lines.get(from).sink();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(32 * 1024);
            int to = from;
            while (to < lines.size() && lines.get(to).sink() == sink) {
                bytes.writeBytes(lines.get(to++).text());
            }
            try {
                bytes.writeTo(sink);
            } catch (IOException e) {
                log.warn("access log: {} lines could not be written: {}", to - from, e.toString());
            }
            queued.addAndGet(-bytes.size());
            from = to;
        }
    }

    /** Writes what is queued. */
    @Override
    public void close() {
        closed = true;
        Thread thread;
        synchronized (this) {
            thread = writer;
        }
        if (thread != null) {
            LockSupport.unpark(thread);
            try {
                thread.join(1000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
