package io.weft.sidecar.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenewalTimesTest {

    /** Jitter is a fifth up or down. */
    @ParameterizedTest
    @CsvSource({
        // failures, left of the certificate, the pause without jitter
        "1, PT12H, PT0.2S",
        "4, PT12H, PT1.6S",
        "50, PT12H, PT30S",
        "50, PT10S, PT2S",
        "50, PT2S, PT0.4S",
        "50, PT0.1S, PT0.2S",
        "1, PT0S, PT0.2S",
        "50, PT0S, PT2S",
        "50, PT-5S, PT2S",
    })
    void aPauseIsNeverLongerThanAFifthOfWhatIsLeft(int failures, Duration left, Duration pause) {
        for (int i = 0; i < 100; i++) {
            assertThat(RenewalTimes.retryIn(failures, left)).isBetween(pause.multipliedBy(4).dividedBy(5), pause.multipliedBy(6).dividedBy(5));
        }
    }
}
