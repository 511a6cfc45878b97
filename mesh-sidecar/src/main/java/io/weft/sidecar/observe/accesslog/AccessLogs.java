package io.weft.sidecar.observe.accesslog;

import io.weft.sidecar.http.RequestLog;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.observe.wire.JsonWriter;
import io.weft.sidecar.resource.AccessLogResource;
import io.weft.sidecar.tcp.TcpLog;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Makes access logs and writes their lines. Lines are formatted on event loops and written by one thread, which is started with the first log; when it cannot
 * keep up, lines are dropped and counted rather than requests held up.
 */
public final class AccessLogs implements AutoCloseable {
    private static final long GATHER_NANOS = 5_000_000;

    private final Map<String, LogSink> sinks = new ConcurrentHashMap<>();
    private final Counter dropped;
    private final AtomicBoolean resting = new AtomicBoolean();
    private volatile @Nullable Thread writer;
    private volatile boolean closed;

    public AccessLogs() {
        this(new EngineMetrics());
    }

    /** @param metrics where dropped lines are counted: {@code weft_access_log_entries_dropped_total} */
    public AccessLogs(EngineMetrics metrics) {
        this.dropped = metrics.counter(MetricKey.of("weft_access_log_entries_dropped_total", "sink", "file"));
    }

    /** Writes the line of one entry. */
    @FunctionalInterface
    private interface Format {
        void write(Entry entry, LineBuffer out);
    }

    private record Field(byte[] key, LogFormat format) {}

    /** Opens one log. */
    public AccessLog open(AccessLogResource.Lines resource) {
        Format format;
        if (resource.json().isEmpty()) {
            LogFormat text = LogFormat.of(resource.text() == null ? LogFormat.ENVOY_DEFAULT : resource.text());
            format = (entry, out) -> text.write(entry, out, false);
        } else {
            format = json(resource.json());
        }
        LogSink sink = sinks.computeIfAbsent(resource.sink() + " " + resource.path(), key -> new LogSink(resource.path(), stream(resource)));
        startWriter();
        return new Lines(sink, format);
    }

    /** Envoy's default format on standard output. */
    public AccessLog standardOutput() {
        return open(new AccessLogResource.Lines(AccessLogResource.Sink.STDOUT, "/dev/stdout", null, Map.of()));
    }

    private static Format json(Map<String, String> keys) {
        List<Field> fields = new ArrayList<>();
        new TreeMap<>(keys).forEach((key, text) -> {
            StringBuilder start = new StringBuilder(fields.isEmpty() ? "{" : ",");
            fields.add(new Field(JsonWriter.quote(start, key).append(':').toString().getBytes(StandardCharsets.UTF_8), LogFormat.of(text)));
        });
        byte[] none = "null".getBytes(StandardCharsets.US_ASCII);
        return (entry, out) -> {
            LineBuffer value = out.scratch();
            for (Field field : fields) {
                value.truncate(0);
                field.format().write(entry, value, true);
                out.append(field.key());
                if (value.length() == 1 && value.at(0) == '-') {
                    out.append(none);
                } else {
                    out.appendQuoted(value);
                }
            }
            out.append('}');
        };
    }

    private final class Lines implements AccessLog {
        private final LogSink sink;
        private final Format format;

        Lines(LogSink sink, Format format) {
            this.sink = sink;
            this.format = format;
        }

        @Override
        public void onEnd(RequestLog request) {
            write(new Entry.Request(request));
        }

        @Override
        public void onEnd(TcpLog connection) {
            write(new Entry.Connection(connection));
        }

        private void write(Entry entry) {
            LineBuffer line = sink.buffer();
            boolean taken;
            synchronized (line) {
                line.begin();
                format.write(entry, line);
                taken = line.end();
            }
            if (!taken) {
                dropped.increment();
            } else if (resting.get() && resting.compareAndSet(true, false)) {
                LockSupport.unpark(writer);
            }
        }
    }

    /** Lines that were not written because the writer was behind. */
    public long dropped() {
        return dropped.value();
    }

    private static OutputStream stream(AccessLogResource.Lines resource) {
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

    /** Rests when there is nothing, and a moment after each round: waking it for every line would cost more than the line. */
    private void write() {
        while (true) {
            boolean last = closed;
            boolean some = false;
            for (LogSink sink : sinks.values()) {
                some |= sink.drain();
            }
            if (last) {
                return;
            }
            if (some) {
                LockSupport.parkNanos(this, GATHER_NANOS);
            } else {
                resting.set(true);
                if (!closed && sinks.values().stream().allMatch(LogSink::isEmpty)) {
                    LockSupport.park(this);
                }
                resting.set(false);
            }
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
