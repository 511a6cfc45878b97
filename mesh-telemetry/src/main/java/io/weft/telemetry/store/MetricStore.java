package io.weft.telemetry.store;

import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The mesh's metrics of all targets, added up. It only takes what a target's series grew by, so that nothing falls when a proxy restarts or
 * goes. Series beyond the limit are counted together, under {@link LabelSet#OVERFLOW}: their detail is lost, not their count.
 */
public final class MetricStore {

    private final int maxSeries;
    private final Intake intake;
    private final Map<StandardMetric, Map<LabelSet, Reading>> totals = new EnumMap<>(StandardMetric.class);
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private int size;

    /** @param maxSeries series kept; a histogram is one */
    public MetricStore(int maxSeries, Intake intake) {
        this.maxSeries = maxSeries;
        this.intake = intake;
    }

    /** Told, on the thread that adds, of all that is added. */
    public interface Listener {

        /** What some target's series grew by. */
        void grown(Page growth);

        /** All targets have been asked once more. */
        void roundDone(Instant now);
    }

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /**
     * @param growth what a target's series grew by
     * @param recent whether it grew lately; not, when the target had run for long before it was first looked at
     */
    public void add(Page growth, boolean recent) {
        synchronized (this) {
            growth.families().forEach((metric, series) -> {
                Map<LabelSet, Reading> sums = totals.computeIfAbsent(metric, name -> new HashMap<>());
                series.forEach((labels, reading) -> sums.merge(key(sums, labels), reading, Reading::plus));
            });
        }
        if (recent) {
            listeners.forEach(listener -> listener.grown(growth));
        }
    }

    private LabelSet key(Map<LabelSet, Reading> sums, LabelSet labels) {
        if (sums.containsKey(labels)) {
            return labels;
        }
        if (size >= maxSeries) {
            intake.dropped(Kind.SERIES, DropReason.CAPACITY, 1);
            return LabelSet.OVERFLOW;
        }
        intake.received(Kind.SERIES, 1);
        size++;
        return labels;
    }

    public void roundDone(Instant now) {
        listeners.forEach(listener -> listener.roundDone(now));
    }

    /** The sums now. */
    public synchronized Map<StandardMetric, Map<LabelSet, Reading>> totals() {
        Map<StandardMetric, Map<LabelSet, Reading>> copy = new EnumMap<>(StandardMetric.class);
        totals.forEach((metric, series) -> copy.put(metric, Map.copyOf(series)));
        return copy;
    }

    public synchronized int size() {
        return size;
    }

    public int capacity() {
        return maxSeries;
    }
}
