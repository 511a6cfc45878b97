package io.weft.telemetry.ingest.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.telemetry.store.Distribution;
import io.weft.telemetry.store.LabelSet;
import io.weft.telemetry.store.Page;
import io.weft.telemetry.store.Reading;
import io.weft.telemetry.store.StandardMetric;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageParserTest {

    private static Page parse(String text) throws UnreadablePageException {
        return PageParser.parse(text.getBytes(StandardCharsets.UTF_8), 100);
    }

    private static Map<LabelSet, Reading> series(Page page, StandardMetric metric) {
        return page.families().getOrDefault(metric, Map.of());
    }

    @Test
    void countersOfTheMesh_areRead_andTheRestIsPassedOver() throws Exception {
        Page page = parse("""
                # HELP istio_requests_total Requests
                # TYPE istio_requests_total counter
                istio_requests_total{reporter="source",response_code="200"} 12
                istio_requests_total{response_code="503",reporter="source",} 3.0 1700000000000
                istio_build{tag="x"} 1
                jvm_memory_used_bytes{ this is not even Prometheus
                process_start_time_seconds 1.7E9
                process_start_time_seconds_total 5
                """);

        assertThat(page.startSeconds()).isEqualTo(1.7e9);
        assertThat(series(page, StandardMetric.ISTIO_REQUESTS_TOTAL)).hasSize(2);
        assertThat(page.size()).isEqualTo(2);
        series(page, StandardMetric.ISTIO_REQUESTS_TOTAL).forEach((labels, reading) -> {
            assertThat(labels.get("reporter")).isEqualTo("source");
            assertThat(labels.get("source_app")).as("missing").isEqualTo("unknown");
            assertThat(reading).isEqualTo(new Reading.Count(labels.get("response_code").equals("200") ? 12 : 3));
        });
    }

    @Test
    void escapes_areUndone() throws Exception {
        Page page = parse("istio_requests_total{a=\"x\\\\y\\\"z\\n,}\",b=\"ü\"} 1");

        LabelSet labels = series(page, StandardMetric.ISTIO_REQUESTS_TOTAL).keySet().iterator().next();
        assertThat(labels.get("a")).isEqualTo("x\\y\"z\n,}");
        assertThat(labels.get("b")).isEqualTo("ü");
    }

    @Test
    void aHistogram_isOneSeries_whereverItsBoundStands() throws Exception {
        Page page = parse("""
                istio_request_bytes_bucket{app="a",le="100"} 1
                istio_request_bytes_bucket{app="a",le="1000"} 3
                istio_request_bytes_bucket{le="+Inf",app="a"} 4
                istio_request_bytes_sum{app="a"} 2345
                istio_request_bytes_count{app="a"} 4
                istio_request_bytes_bucket{app="b",le="100"} 7
                """);

        Map<LabelSet, Reading> series = series(page, StandardMetric.ISTIO_REQUEST_BYTES);
        assertThat(series).hasSize(2);
        series.forEach((labels, reading) -> {
            Distribution distribution = ((Reading.Histogram) reading).distribution();
            assertThat(labels.names()).containsExactly("app");
            if (labels.get("app").equals("a")) {
                assertThat(distribution.buckets()).isEqualTo(2);
                assertThat(distribution.cumulative(1)).isEqualTo(3);
                assertThat(distribution.count()).isEqualTo(4);
                assertThat(distribution.sum()).isEqualTo(2345);
            } else {
                assertThat(distribution.count()).isEqualTo(7);
            }
        });
    }

    @Test
    void aValueThatLooksLikeABound_isNone() throws Exception {
        Page page = parse("""
                istio_request_bytes_bucket{app=",le=",le="100"} 1
                istio_request_bytes_bucket{app=",le=",le="200"} 2
                """);

        LabelSet labels = series(page, StandardMetric.ISTIO_REQUEST_BYTES).keySet().iterator().next();
        assertThat(labels.get("app")).isEqualTo(",le=");
        assertThat(page.size()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            istio_requests_total{a="b" 1                          | after label a " 1" (expected: , or })
            istio_requests_total{a="b                             | does not end (expected: ")
            istio_requests_total{a=b} 1                           | label value "b} 1" (expected: ")
            istio_requests_total{9a="b"} 1                        | label name "9"
            istio_requests_total{__a="b"} 1                       | not beginning with __
            istio_requests_total{a="b",a="c"} 1                   | label a is there twice
            istio_requests_total{a="\\x"} 1                       | escape "\\x"
            istio_requests_total{a="b"}1                          | value "1" (expected: a space and a number)
            istio_requests_total{a="b"}                           | (expected: a space and a number)
            istio_requests_total{a="b"} -1                        | value "-1" (expected: a number >= 0)
            istio_requests_total{a="b"} NaN                       | value "NaN" (expected: a number >= 0)
            istio_requests_total{a="b"} 0x1p3                     | value "0x1p3"
            istio_requests_total{a="b"} 1e999                     | value "1e999"
            istio_requests_total{a="b"} 1 2 3                     | perhaps a time
            istio_requests_total{a="b"} 1 now                     | perhaps a time
            istio_request_bytes_bucket{a="b"} 1                   | has no label le
            istio_request_bytes_bucket{le="x"} 1                  | le "x" (expected: a number or +Inf)
            istio_request_bytes_sum{a="b",le="1"} 1               | istio_request_bytes_sum has the label le (expected: in buckets only)
            istio_request_bytes_count{le="1"} 1                   | istio_request_bytes_count has the label le
            istio_request_bytes_created{a="b"} 1                  | is no part of a histogram
            process_start_time_seconds x                          | value "x"
            """)
    void whatDoesNotRead_saysWhereAndWhatWasExpected(String line, String message) {
        assertThatThrownBy(() -> parse("# a comment\n" + line.strip()))
                .isInstanceOf(UnreadablePageException.class)
                .hasMessageStartingWith("line 2: ")
                .hasMessageContaining(message);
    }

    @Test
    void bothZeros_areOneBound() {
        assertThatThrownBy(() -> parse("istio_request_bytes_bucket{le=\"0\"} 1\nistio_request_bytes_bucket{le=\"-0\"} 1"))
                .isInstanceOf(UnreadablePageException.class)
                .hasMessage("line 2: bucket le=\"-0\" is there twice");
    }

    @Test
    void theSameSeriesTwice_isRefused() {
        assertThatThrownBy(() -> parse("istio_requests_total{a=\"b\"} 1\nistio_requests_total{a=\"b\"} 2\n"))
                .hasMessage("line 2: a series of istio_requests_total is there twice");
        assertThatThrownBy(() -> parse("istio_request_bytes_bucket{le=\"1\"} 1\nistio_request_bytes_bucket{le=\"1.0\"} 2\n"))
                .hasMessage("line 2: bucket le=\"1.0\" is there twice");
    }

    @Test
    void whatIsTooMuch_isRefused() {
        StringBuilder series = new StringBuilder();
        StringBuilder labels = new StringBuilder("istio_requests_total{");
        StringBuilder buckets = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            series.append("istio_requests_total{a=\"").append(i).append("\"} 1\n");
            labels.append("a").append(i).append("=\"\",");
            buckets.append("istio_request_bytes_bucket{le=\"").append(i).append("\"} 1\n");
        }
        assertThatThrownBy(() -> parse(series.toString())).hasMessage("more than 100 series of the mesh's metrics");
        assertThatThrownBy(() -> parse(labels + "} 1")).hasMessage("line 1: more than 64 labels");
        assertThatThrownBy(() -> parse(buckets.toString())).hasMessage("line 129: more than 128 buckets");
        assertThatThrownBy(() -> parse("istio_requests_total{a=\"" + "x".repeat(1025) + "\"} 1"))
                .hasMessage("line 1: a label's value has 1025 characters (expected: at most 1024)");
        assertThatThrownBy(() -> parse("istio_requests_total{a=\"" + "x".repeat(40_000) + "\"} 1"))
                .hasMessageContaining("(expected: at most 32768)");
        assertThatThrownBy(() -> PageParser.parse(new byte[] {(byte) 0xc3, (byte) 0x28}, 1)).hasMessage("the page is not UTF-8");
    }

    @Test
    void aTypeThatIsNotTheMetrics_isRefused() {
        assertThatThrownBy(() -> parse("# TYPE istio_requests_total gauge\n"))
                .hasMessage("line 1: type of istio_requests_total \"gauge\" (expected: counter)");
        assertThatThrownBy(() -> parse("# TYPE istio_request_bytes counter\n")).hasMessageContaining("(expected: histogram)");
    }

    @Test
    void anEmptyPage_isFine() throws Exception {
        assertThat(parse("")).isEqualTo(Page.EMPTY);
        assertThat(parse("istio_requests_total 3").size()).isEqualTo(1);
    }
}
