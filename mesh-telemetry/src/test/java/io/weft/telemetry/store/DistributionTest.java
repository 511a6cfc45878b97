package io.weft.telemetry.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantiles as Prometheus' {@code histogram_quantile} computes them. */
class DistributionTest {

    private static final double[] BOUNDS = {1, 5, 10, 25};

    private static Distribution of(double count, double... cumulative) {
        return new Distribution(BOUNDS, cumulative, 100, count);
    }

    @ParameterizedTest
    @CsvSource({
        "0.5,  3.0", // 50 of 100: 25 lie up to 1, the next 50 between 1 and 5
        "0.25, 1.0",
        "0.1,  0.4", // the first bucket begins at zero
        "0.9,  10.0",
        "0.95, 25.0", // above the last bound: that bound
        "1,    25.0",
    })
    void aQuantile_isLinearInsideItsBucket(double share, double expected) {
        assertThat(of(100, 25, 75, 90, 90).quantile(share)).isEqualTo(expected);
    }

    @Test
    void nothingObserved_hasNoQuantile() {
        assertThat(Distribution.NONE.quantile(0.5)).isNull();
        assertThat(of(0, 0, 0, 0, 0).quantile(0.5)).isNull();
        assertThat(of(3, 0, 0, 0, 0).quantile(0.5)).as("all above").isEqualTo(25);
    }

    @Test
    void distributions_addUpByBucket() {
        Distribution sum = of(4, 1, 2, 3, 4).plus(of(8, 2, 4, 6, 8));
        assertThat(sum.cumulative(2)).isEqualTo(9);
        assertThat(sum.count()).isEqualTo(12);
        assertThat(sum.sum()).isEqualTo(200);
        Distribution back = sum.minus(of(8, 2, 4, 6, 8));
        assertThat(back.cumulative(2)).isEqualTo(3);
        assertThat(Distribution.NONE.plus(of(4, 1, 2, 3, 4)).cumulative(3)).isEqualTo(4);
        assertThat(of(4, 1, 2, 3, 4).plus(Distribution.NONE).cumulative(3)).isEqualTo(4);
    }

    @Test
    void aDifference_isNeverNegative() {
        Distribution grown = of(10, 1, 2, 3, 9).minus(of(8, 2, 4, 6, 8));

        assertThat(grown.cumulative(0)).as("fell").isZero();
        assertThat(grown.cumulative(3)).isEqualTo(1);
        assertThat(grown.count()).isEqualTo(2);
        Distribution cheaper = new Distribution(new double[] {1}, new double[] {5}, 3, 5);
        assertThat(cheaper.minus(new Distribution(new double[] {1}, new double[] {5}, 100, 5)).sum()).isZero();
    }

    @Test
    void boundsThatAreNewEachTime_doNotAddUpForEver() {
        Distribution sum = of(4, 1, 2, 3, 4);
        for (int i = 0; i < 10_000; i++) {
            sum = sum.plus(new Distribution(new double[] {100 + i}, new double[] {1}, 1, 1));
        }
        assertThat(sum.buckets()).isEqualTo(Distribution.MAX_BOUNDS);
        assertThat(sum.count()).isEqualTo(10_004);
        assertThat(sum.cumulative(Distribution.MAX_BOUNDS - 1)).isLessThanOrEqualTo(sum.count());
    }

    @Test
    void otherBounds_countAtTheNextOwnOneBelow() {
        Distribution other = new Distribution(new double[] {2, 10}, new double[] {10, 20}, 0, 20);

        Distribution sum = of(4, 1, 2, 3, 4).plus(other);

        assertThat(sum.buckets()).isEqualTo(5);
        assertThat(sum.bound(1)).isEqualTo(2);
        assertThat(sum.cumulative(1)).as("up to 2: one of the first, ten of the second").isEqualTo(11);
        assertThat(sum.cumulative(2)).as("up to 5").isEqualTo(12);
        assertThat(sum.cumulative(3)).as("up to 10").isEqualTo(23);
        assertThat(sum.count()).isEqualTo(24);
    }
}
