package io.weft.sidecar.observe.metrics;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Durations or sizes in Envoy's default buckets. */
public final class Histogram {
    /** Upper bounds; the last bucket is +Inf. */
    public static final List<Double> BOUNDS = List.of(
            0.5, 1d, 5d, 10d, 25d, 50d, 100d, 250d, 500d, 1000d, 2500d, 5000d, 10000d, 30000d, 60000d, 300000d, 600000d,
            1800000d, 3600000d);

    private static final double[] LIMITS = BOUNDS.stream().mapToDouble(Double::doubleValue).toArray();

    private final LongAdder[] buckets = new LongAdder[LIMITS.length + 1];
    private final LongAdder sumMicros = new LongAdder();

    Histogram() {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    public void record(double value) {
        int i = 0;
        while (i < LIMITS.length && value > LIMITS[i]) {
            i++;
        }
        buckets[i].increment();
        long thousandths = (long) (value * 1000);
        if (thousandths != 0) {
            sumMicros.add(thousandths);
        }
    }

    /** Counts per bucket, not cumulative; one more than {@link #BOUNDS}. */
    public long[] counts() {
        long[] counts = new long[buckets.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = buckets[i].sum();
        }
        return counts;
    }

    public double sum() {
        return sumMicros.sum() / 1000.0;
    }
}
