package io.weft.telemetry.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Floods: what is kept stays within its bounds, and what was dropped is counted. */
class BoundsTest {

    private final Intake intake = new Intake();

    private static LogEntry line(long id, String path) {
        return new LogEntry(
                id, Instant.EPOCH, "r", "ns", "inbound", "GET", path, null, null, 200, "", null, 1, 0, 0, null, null, null, null, null, null, null, null);
    }

    private static Span span(int trace, int span, String value) {
        return new Span(
                String.format("%032x", trace), String.format("%016x", span), null, false, "s", "n", "SERVER", span, 1, false, null, Map.of("key", value));
    }

    @Test
    void logs_areBoundedInLines() {
        LogStore logs = new LogStore(100, 1_000_000_000, 1, intake);
        for (int i = 1; i <= 10_000; i++) {
            logs.add(line(i, "/x"));
        }

        assertThat(logs.size()).isEqualTo(100);
        assertThat(logs.newest(each -> true, 1000)).hasSize(100).first().extracting(LogEntry::id).isEqualTo(10_000L);
        assertThat(intake.received(Kind.LOG)).isEqualTo(10_000);
        assertThat(intake.dropped(Kind.LOG, DropReason.CAPACITY)).isEqualTo(9_900);
    }

    @Test
    void logs_areBoundedInBytes_howeverLongTheLines() {
        LogStore logs = new LogStore(1_000_000, 1_000_000, 1, intake);
        for (int i = 1; i <= 2_000; i++) {
            logs.add(line(i, "/" + "x".repeat(1_000)));
            assertThat(logs.bytes()).isLessThanOrEqualTo(1_000_000);
        }

        assertThat(logs.size()).isBetween(300, 450);
        assertThat(intake.dropped(Kind.LOG, DropReason.CAPACITY)).isEqualTo(2_000 - logs.size());
    }

    @Test
    void followers_areBounded_inNumberAndInWhatWaits() {
        LogStore logs = new LogStore(10, 1_000_000, 1, intake);
        LogTail tail = logs.follow(each -> each.id() > 5).orElseThrow();
        assertThat(logs.follow(each -> true)).isEmpty();
        for (int i = 1; i <= 1_005; i++) {
            logs.add(line(i, "/x"));
        }

        LogTail.Batch batch = tail.take();
        assertThat(batch.entries()).hasSize(LogTail.CAPACITY).first().extracting(LogEntry::id).isEqualTo(6L);
        assertThat(batch.missed()).isEqualTo(1_000 - LogTail.CAPACITY);
        assertThat(tail.take().missed()).isZero();
        tail.close();
        assertThat(logs.followers()).isZero();
    }

    @Test
    void spans_areBoundedInNumber_wholeTracesGo() {
        SpanStore spans = new SpanStore(1_000, 1_000_000_000, 10, intake);
        for (int trace = 1; trace <= 1_000; trace++) {
            for (int span = 1; span <= 5; span++) {
                spans.add(span(trace, span, "v"));
            }
        }

        assertThat(spans.size()).isBetween(990, 1_000);
        assertThat(spans.trace(String.format("%032x", 1))).isEmpty();
        assertThat(spans.trace(String.format("%032x", 1_000))).hasSize(5);
        assertThat(intake.dropped(Kind.SPAN, DropReason.CAPACITY)).isEqualTo(5_000 - spans.size());
    }

    @Test
    void spans_areBoundedInBytes_andByTrace() {
        SpanStore spans = new SpanStore(1_000_000, 1_000_000, 10, intake);
        for (int trace = 1; trace <= 2_000; trace++) {
            spans.add(span(trace, 1, "v".repeat(1_000)));
            assertThat(spans.bytes()).isLessThanOrEqualTo(1_000_000);
        }
        for (int span = 1; span <= 50; span++) {
            spans.add(span(3_000, span, "v"));
        }

        assertThat(spans.trace(String.format("%032x", 3_000))).hasSize(10);
        assertThat(intake.dropped(Kind.SPAN, DropReason.TOO_MANY)).isEqualTo(40);
    }

    @Test
    void aSpanThatComesAgain_isNotThereTwice() {
        SpanStore spans = new SpanStore(100, 1_000_000, 10, intake);
        spans.add(span(1, 1, "v"));
        spans.add(span(1, 1, "v"));

        assertThat(spans.size()).isEqualTo(1);
        assertThat(intake.dropped(Kind.SPAN)).isZero();
    }

    @Test
    void gatewaysThatAreForgotten_makeRoomForNewOnes() {
        GatewayNames names = new GatewayNames();
        for (int i = 0; i < 5_000; i++) {
            names.add("gateway-" + i, "ns");
        }
        assertThat(names.contains("gateway-4999", "ns")).isTrue();
        assertThat(names.contains("gateway-0", "ns")).isFalse();
        assertThat(names.contains("istio-ingressgateway", "anywhere")).isTrue();
    }
}
