package io.weft.demo.team;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CallsPerMinuteTest {
    private Instant now = Instant.parse("2026-11-23T10:00:59Z");
    private final CallsPerMinute limiter = new CallsPerMinute(2, new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    });

    private boolean allowed(String route, String caller) {
        return Boolean.TRUE.equals(limiter.isAllowed(route, caller).map(answer -> answer.isAllowed()).block());
    }

    @Test
    void eachCallerOfEachRouteHasItsOwnCalls_andTheNextMinuteNewOnes() {
        assertThat(Stream.generate(() -> allowed("r", "a")).limit(4)).containsExactly(true, true, false, false);
        assertThat(allowed("r", "b")).isTrue();
        assertThat(allowed("other", "a")).isTrue();
        now = now.plusSeconds(1);
        assertThat(Stream.generate(() -> allowed("r", "a")).limit(3)).containsExactly(true, true, false);
    }
}
