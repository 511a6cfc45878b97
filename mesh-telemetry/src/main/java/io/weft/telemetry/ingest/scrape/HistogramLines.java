package io.weft.telemetry.ingest.scrape;

import io.weft.telemetry.store.Distribution;
import io.weft.telemetry.store.Texts;
import java.util.Map;
import java.util.TreeMap;

/** The lines of one histogram, until all are there. */
final class HistogramLines {

    private static final int MAX_BUCKETS = 128;

    private final TreeMap<Double, Double> buckets = new TreeMap<>();
    private double sum;
    private double count;

    void bucket(String bound, double observations, int line) throws UnreadablePageException {
        double upper = bound(bound, line);
        if (upper == Double.POSITIVE_INFINITY) {
            count(observations);
            return;
        }
        if (buckets.put(upper, observations) != null) {
            throw new UnreadablePageException("line " + line + ": bucket le=" + Texts.shown(bound) + " is there twice");
        }
        if (buckets.size() > MAX_BUCKETS) {
            throw new UnreadablePageException("line " + line + ": more than " + MAX_BUCKETS + " buckets");
        }
    }

    private static double bound(String bound, int line) throws UnreadablePageException {
        if (bound.equals("+Inf")) {
            return Double.POSITIVE_INFINITY;
        }
        double upper = Decimal.parse(bound);
        if (Double.isNaN(upper) || Double.isInfinite(upper)) {
            throw new UnreadablePageException("line " + line + ": le " + Texts.shown(bound) + " (expected: a number or +Inf)");
        }
        // There are two zeros otherwise.
        return upper + 0.0;
    }

    void sum(double value) {
        sum = value;
    }

    void count(double value) {
        count = Math.max(count, value);
    }

    /** A page may be written while requests are counted: a bucket that lags behind the one below it is levelled up. */
    Distribution distribution() {
        double[] bounds = new double[buckets.size()];
        double[] cumulative = new double[buckets.size()];
        double reached = 0;
        int i = 0;
        for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
            reached = Math.max(reached, bucket.getValue());
            bounds[i] = bucket.getKey();
            cumulative[i++] = reached;
        }
        return new Distribution(bounds, cumulative, sum, Math.max(count, reached));
    }
}
