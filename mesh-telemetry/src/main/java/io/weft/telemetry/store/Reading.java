package io.weft.telemetry.store;

/** What a series says: a count, or a distribution. Both only grow, as long as their process lives. */
public sealed interface Reading {

    /** Both together; of the same sort. */
    Reading plus(Reading other);

    /** What was added since an earlier reading of the same process. */
    Reading since(Reading earlier);

    /** Whether it is less than an earlier one, so that the process cannot be the same. */
    boolean fellFrom(Reading earlier);

    /** A counter. */
    record Count(double value) implements Reading {

        @Override
        public Reading plus(Reading other) {
            return new Count(value + ((Count) other).value);
        }

        @Override
        public Reading since(Reading earlier) {
            return new Count(value - ((Count) earlier).value);
        }

        @Override
        public boolean fellFrom(Reading earlier) {
            return value < ((Count) earlier).value;
        }
    }

    /** A histogram, by its buckets. */
    record Histogram(Distribution distribution) implements Reading {

        @Override
        public Reading plus(Reading other) {
            return new Histogram(distribution.plus(((Histogram) other).distribution));
        }

        @Override
        public Reading since(Reading earlier) {
            return new Histogram(distribution.minus(((Histogram) earlier).distribution));
        }

        @Override
        public boolean fellFrom(Reading earlier) {
            return distribution.fellFrom(((Histogram) earlier).distribution);
        }
    }
}
