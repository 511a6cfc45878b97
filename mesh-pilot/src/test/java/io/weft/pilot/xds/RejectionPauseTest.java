package io.weft.pilot.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RejectionPauseTest {

    private static final RejectionPause PAUSE = new RejectionPause(Duration.ofMillis(500), Duration.ofSeconds(3));

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 0, 0", "2, 0, 500", "2, 400, 100", "2, 500, 0", "2, 900, 0", "3, 0, 1000", "4, 0, 2000", "5, 0, 3000", "2147483647, 0, 3000"})
    void pausesDouble_upToTheLongest(int rejections, long since, long left) {
        assertThat(PAUSE.left(rejections, Instant.EPOCH, Instant.EPOCH.plusMillis(since))).isEqualTo(Duration.ofMillis(left));
    }

    @Test
    void whoNeverRejected_isNotLeftAlone() {
        assertThat(PAUSE.left(5, null, Instant.EPOCH)).isZero();
    }
}
