package io.weft.ca.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PeerRatesTest {

    private final AtomicLong nanos = new AtomicLong();
    private final PeerRates rates = new PeerRates(2, 3, nanos::get);

    @Test
    void eachAddressHasItsOwn() {
        assertThat(taken("a", 5)).isEqualTo(2);
        assertThat(taken("b", 5)).isEqualTo(2);
        nanos.addAndGet(500_000_000);
        assertThat(taken("a", 5)).isEqualTo(1);
    }

    @Test
    void ofTooManyTheQuietestIsForgotten() {
        taken("a", 2);
        taken("b", 2);
        taken("c", 2);
        assertThat(taken("a", 1)).as("heard of last").isZero();
        taken("d", 2);
        assertThat(taken("a", 1)).isZero();
        assertThat(taken("b", 2)).as("forgotten").isEqualTo(2);
    }

    private long taken(String address, int tries) {
        return IntStream.range(0, tries).filter(i -> rates.take(address)).count();
    }
}
