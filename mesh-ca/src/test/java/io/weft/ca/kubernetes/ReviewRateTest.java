package io.weft.ca.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReviewRateTest {

    private final AtomicLong nanos = new AtomicLong(-5);
    private final ReviewRate rate = new ReviewRate(10, nanos::get);

    @Test
    void aSecondsWorthAtOnce_thenOneByOne() {
        assertThat(taken(25)).isEqualTo(10);
        nanos.addAndGet(99_000_000);
        assertThat(taken(1)).isZero();
        nanos.addAndGet(1_000_000);
        assertThat(taken(2)).isEqualTo(1);
    }

    @Test
    void aQuietHourIsWorthASecond() {
        taken(10);
        nanos.addAndGet(3_600_000_000_000L);
        assertThat(taken(100)).isEqualTo(10);
    }

    private long taken(int tries) {
        return IntStream.range(0, tries).filter(i -> rate.take()).count();
    }
}
