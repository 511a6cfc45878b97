package io.weft.telemetry.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.LinkedMultiValueMap;

class QueryTest {

    private static Query query(String name, String value) {
        LinkedMultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
        parameters.add(name, value);
        return new Query(parameters);
    }

    @ParameterizedTest
    @CsvSource({"250ms, 250", "60s, 60000", "5m, 300000", "7, 7", "0, 0"})
    void durations(String text, long millis) {
        assertThat(query("d", text).duration("d", Duration.ofDays(1), Duration.ofMillis(1))).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void whatIsMissing_isTheDefault() {
        Query empty = query("other", "x");
        assertThat(empty.limit()).isEqualTo(100);
        assertThat(empty.flag("error")).isNull();
        assertThat(empty.text("service")).isNull();
        assertThat(empty.duration("d", Duration.ofSeconds(3), Duration.ofMillis(1))).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void whatDoesNotRead_saysWhatWasExpected() {
        refused("limit", "-1", Query::limit, "limit: \"-1\" (expected: 1 to 1000)");
        refused("limit", "99999999999", Query::limit, "limit: \"99999999999\" (expected: 1 to 1000)");
        refused("error", "yes", query -> query.flag("error"), "error: \"yes\" (expected: true or false)");
        Function<Query, Object> duration = query -> query.duration("d", Duration.ZERO, Duration.ofMillis(1));
        for (String bad : new String[] {"s", "1h", "-5s", "1.5s", "9999999999s", "5 s"}) {
            refused("d", bad, duration, "d: \"" + bad + "\" (expected: a duration such as 250ms, 60s or 5m)");
        }
        refused("x", "y".repeat(600), query -> query.text("x"), "x: \"" + "y".repeat(120) + "…\" (expected: at most 512 characters)");
    }

    private static void refused(String name, String value, Function<Query, Object> read, String message) {
        assertThatThrownBy(() -> read.apply(query(name, value))).isInstanceOf(ApiException.class).hasMessage(message);
    }
}
