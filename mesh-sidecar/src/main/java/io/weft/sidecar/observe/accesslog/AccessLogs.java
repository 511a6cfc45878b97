package io.weft.sidecar.observe.accesslog;

import io.weft.sidecar.http.RequestLog;
import io.weft.sidecar.http.RequestObserver;
import io.weft.sidecar.resource.AccessLogResource;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
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

    private final BlockingQueue<Line> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Map<String, OutputStream> sinks = new ConcurrentHashMap<>();
    private final LongAdder dropped = new LongAdder();
    private @Nullable Thread writer;
    private volatile boolean closed;

    private record Line(OutputStream sink, String text) {}

    /** The observer of one log. */
    public RequestObserver open(AccessLogResource resource) {
        OutputStream sink = sinks.computeIfAbsent(resource.sink() + " " + resource.path(), key -> sink(resource));
        startWriter();
        if (!resource.json().isEmpty()) {
            return json(sink, resource.json());
        }
        LogFormat format = LogFormat.of(resource.text() == null ? LogFormat.ENVOY_DEFAULT : resource.text());
        return request -> {
            StringBuilder line = new StringBuilder(256);
            format.write(request, line);
            offer(sink, line);
        };
    }

    /** Envoy's default format on standard output. */
    public RequestObserver standardOutput() {
        return open(new AccessLogResource(AccessLogResource.Sink.STDOUT, "/dev/stdout", null, Map.of()));
    }

    private record Field(String key, LogFormat format) {}

    private RequestObserver json(OutputStream sink, Map<String, String> keys) {
        List<Field> fields = new ArrayList<>();
        new TreeMap<>(keys).forEach((key, text) -> fields.add(new Field(quoted(key), LogFormat.of(text))));
        return request -> offer(sink, jsonLine(fields, request));
    }

    private static StringBuilder jsonLine(List<Field> fields, RequestLog request) {
        StringBuilder line = new StringBuilder(256).append('{');
        StringBuilder value = new StringBuilder();
        for (Field field : fields) {
            value.setLength(0);
            field.format().write(request, value);
            line.append(line.length() == 1 ? "" : ",").append(field.key()).append(':');
            line.append(value.length() == 1 && value.charAt(0) == '-' ? "null" : quoted(value));
        }
        return line.append("}\n");
    }

    private static String quoted(CharSequence text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(' ');
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    private void offer(OutputStream sink, StringBuilder line) {
        if (line.length() == 0 || line.charAt(line.length() - 1) != '\n') {
            line.append('\n');
        }
        if (!queue.offer(new Line(sink, line.toString()))) {
            dropped.increment();
        }
    }

    /** Lines that were not written because the writer was behind. */
    public long dropped() {
        return dropped.sum();
    }

    private static OutputStream sink(AccessLogResource resource) {
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

    private void write() {
        try {
            while (!closed || !queue.isEmpty()) {
                Line line = queue.poll(100, TimeUnit.MILLISECONDS);
                if (line != null) {
                    drain(line);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lines for one sink go out together. */
    private void drain(Line first) {
        StringBuilder batch = new StringBuilder(first.text());
        OutputStream sink = first.sink();
        while (batch.length() < 32 * 1024) {
            Line next = queue.peek();
            if (next == null || next.sink() != sink) {
                break;
            }
            batch.append(next.text());
            queue.poll();
        }
        try {
            sink.write(batch.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            log.warn("access log: {} characters could not be written: {}", batch.length(), e.toString());
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
            try {
                thread.join(1000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
