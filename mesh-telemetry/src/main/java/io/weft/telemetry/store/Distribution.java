package io.weft.telemetry.store;

import java.util.Arrays;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Observations counted in buckets, each up to its bound and with all those below it, as Prometheus writes them. Immutable. */
public final class Distribution {

    /** Nearly all histograms of a mesh have the same bounds: they share one array. */
    private static volatile double[] commonBounds = {};

    /** A sum keeps no more bounds than this, whatever bounds those have that come later: they count at its own. */
    static final int MAX_BOUNDS = 256;

    /** Nothing observed. */
    public static final Distribution NONE = new Distribution(new double[0], new double[0], 0, 0);

    private final double[] bounds;
    private final double[] cumulative;
    private final double sum;
    private final double count;

    /**
     * @param bounds upper bounds, ascending, without the infinite one
     * @param cumulative observations up to each bound
     * @param count all observations
     */
    public Distribution(double[] bounds, double[] cumulative, double sum, double count) {
        this.bounds = shared(bounds);
        this.cumulative = cumulative.clone();
        this.sum = sum;
        this.count = count;
    }

    private static double[] shared(double[] bounds) {
        double[] common = commonBounds;
        if (Arrays.equals(common, bounds)) {
            return common;
        }
        double[] own = bounds.clone();
        commonBounds = own;
        return own;
    }

    public double sum() {
        return sum;
    }

    public double count() {
        return count;
    }

    /** How many buckets have a bound. */
    public int buckets() {
        return bounds.length;
    }

    public double bound(int bucket) {
        return bounds[bucket];
    }

    public double cumulative(int bucket) {
        return cumulative[bucket];
    }

    public Distribution plus(Distribution other) {
        double[] union = unionWith(other);
        double[] counts = new double[union.length];
        for (int i = 0; i < union.length; i++) {
            counts[i] = upTo(union[i]) + other.upTo(union[i]);
        }
        return new Distribution(union, counts, sum + other.sum, count + other.count);
    }

    /** What was added since then; never less than nothing, so that what is added up of it does not fall. */
    public Distribution minus(Distribution earlier) {
        double[] union = unionWith(earlier);
        double[] counts = new double[union.length];
        double reached = 0;
        for (int i = 0; i < union.length; i++) {
            reached = Math.max(reached, upTo(union[i]) - earlier.upTo(union[i]));
            counts[i] = reached;
        }
        return new Distribution(union, counts, Math.max(0, sum - earlier.sum), Math.max(reached, count - earlier.count));
    }

    boolean fellFrom(Distribution earlier) {
        return count < earlier.count;
    }

    private double[] unionWith(Distribution other) {
        if (Arrays.equals(bounds, other.bounds) || other.bounds.length == 0) {
            return bounds;
        }
        TreeSet<Double> all = new TreeSet<>();
        for (double bound : bounds) {
            all.add(bound);
        }
        for (double bound : other.bounds) {
            all.add(bound);
        }
        return all.size() > MAX_BOUNDS ? bounds : all.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** What is known to lie at or below that value: for a bound of somebody else's, the count at the next own one below. */
    private double upTo(double value) {
        int at = Arrays.binarySearch(bounds, value);
        int bucket = at >= 0 ? at : -at - 2;
        return bucket < 0 ? 0 : cumulative[bucket];
    }

    /**
     * The value that this share of the observations does not exceed, as Prometheus' {@code histogram_quantile} has it: linear inside the bucket, the
     * first one beginning at zero; what lies above the last bound counts as that bound. Null when nothing was observed.
     *
     * @param share 0 to 1
     */
    public @Nullable Double quantile(double share) {
        if (count <= 0 || bounds.length == 0) {
            return null;
        }
        double rank = share * count;
        double below = 0;
        double lower = 0;
        for (int i = 0; i < bounds.length; i++) {
            if (cumulative[i] >= rank && cumulative[i] > below) {
                return lower + (bounds[i] - lower) * (rank - below) / (cumulative[i] - below);
            }
            below = Math.max(below, cumulative[i]);
            lower = bounds[i];
        }
        return lower;
    }
}
