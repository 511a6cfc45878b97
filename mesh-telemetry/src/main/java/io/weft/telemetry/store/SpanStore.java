package io.weft.telemetry.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last traces: spans by trace, bounded in spans and in bytes. A trace goes as a whole, the one that was begun first; a span that comes late
 * joins its trace as long as that is kept.
 */
public final class SpanStore {

    private final int capacity;
    private final long maxBytes;
    private final int perTrace;
    private final Intake intake;
    private final LinkedHashMap<String, List<Span>> traces = new LinkedHashMap<>();
    private int size;
    private long bytes;

    /**
     * @param capacity spans kept
     * @param maxBytes what they may take
     * @param perTrace spans kept of one trace
     */
    public SpanStore(int capacity, long maxBytes, int perTrace, Intake intake) {
        this.capacity = capacity;
        this.maxBytes = maxBytes;
        this.perTrace = perTrace;
        this.intake = intake;
    }

    public synchronized void add(Span span) {
        intake.received(Kind.SPAN, 1);
        List<Span> trace = traces.computeIfAbsent(span.traceId(), id -> new ArrayList<>(4));
        // Exporters send again what they got no answer for.
        if (trace.stream().anyMatch(kept -> kept.spanId().equals(span.spanId()) && kept.shared() == span.shared())) {
            return;
        }
        if (trace.size() >= perTrace) {
            intake.dropped(Kind.SPAN, DropReason.TOO_MANY, 1);
            return;
        }
        trace.add(span);
        size++;
        bytes += span.weight();
        while (size > capacity || bytes > maxBytes) {
            dropOldest();
        }
    }

    private void dropOldest() {
        Iterator<List<Span>> oldest = traces.values().iterator();
        List<Span> trace = oldest.next();
        oldest.remove();
        size -= trace.size();
        for (Span span : trace) {
            bytes -= span.weight();
        }
        intake.dropped(Kind.SPAN, DropReason.CAPACITY, trace.size());
    }

    /** The spans of a trace as they came; empty if there is none of that id. */
    public synchronized List<Span> trace(String traceId) {
        List<Span> trace = traces.get(traceId);
        return trace == null ? List.of() : List.copyOf(trace);
    }

    /** All traces, newest first. */
    public synchronized List<List<Span>> newest() {
        List<List<Span>> all = new ArrayList<>(traces.size());
        for (Map.Entry<String, List<Span>> trace : traces.entrySet()) {
            all.add(List.copyOf(trace.getValue()));
        }
        Collections.reverse(all);
        return all;
    }

    public synchronized int size() {
        return size;
    }

    public synchronized int traces() {
        return traces.size();
    }

    public int capacity() {
        return capacity;
    }

    /** What the kept spans take, at most. */
    public synchronized long bytes() {
        return bytes;
    }
}
