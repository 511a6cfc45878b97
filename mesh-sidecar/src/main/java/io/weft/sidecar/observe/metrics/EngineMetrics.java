package io.weft.sidecar.observe.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Counters of the hot path: written on event loops without contention, read by exporters. */
public final class EngineMetrics {
    private final ConcurrentHashMap<MetricKey, Counter> counters = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<MetricKey, Histogram> histograms = new ConcurrentHashMap<>();

    /** The same key gives the same counter; get it when configuration is compiled, not per request. */
    public Counter counter(MetricKey key) {
        return counters.computeIfAbsent(key, k -> new Counter());
    }

    /** The same key gives the same gauge. */
    public Counter gauge(MetricKey key) {
        return counters.computeIfAbsent(key.asGauge(), k -> new Counter());
    }

    /** The same key gives the same histogram. */
    public Histogram histogram(MetricKey key) {
        return histograms.computeIfAbsent(key, k -> new Histogram());
    }

    /** Drops what belonged to a removed cluster or listener. */
    public void removeIf(Predicate<MetricKey> gone) {
        counters.keySet().removeIf(gone);
        histograms.keySet().removeIf(gone);
    }

    /** Weakly consistent. */
    public Map<MetricKey, Counter> counters() {
        return Map.copyOf(counters);
    }

    /** Weakly consistent. */
    public Map<MetricKey, Histogram> histograms() {
        return Map.copyOf(histograms);
    }
}
