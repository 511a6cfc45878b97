package io.weft.telemetry.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.telemetry.store.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TracesTest {

    private static Span span(int id, int parent, String service, long startMillis) {
        return span(id, parent, service, startMillis, false, false);
    }

    private static Span span(int id, int parent, String service, long startMillis, boolean shared, boolean error) {
        return new Span(
                "4bf92f3577b34da6a3ce929d0e0e4736",
                id(id),
                parent == 0 ? null : id(parent),
                shared,
                service,
                "GET /" + id,
                shared ? "SERVER" : "CLIENT",
                1_700_000_000_000_000_000L + startMillis * 1_000_000,
                10_000_000,
                error,
                null,
                Map.of());
    }

    private static String id(int number) {
        return String.format("%016x", number);
    }

    private static List<String> order(List<Span> spans) {
        return Traces.whole(spans).spans().stream().map(Traces.SpanRow::spanId).toList();
    }

    @Test
    void parentsComeBeforeChildren_byTheirStart_howeverTheyCame() {
        List<Span> spans = new ArrayList<>(
                List.of(span(1, 0, "gateway", 0), span(2, 1, "productpage", 1), span(4, 2, "reviews", 5), span(3, 2, "details", 2), span(5, 4, "ratings", 6)));
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            Collections.shuffle(spans, random);
            assertThat(order(spans)).containsExactly(id(1), id(2), id(3), id(4), id(5));
        }
        Traces.SpanRow last = Traces.whole(spans).spans().get(4);
        assertThat(last.parentId()).isEqualTo(id(4));
        assertThat(last.offset()).isEqualTo(6);
        assertThat(last.duration()).isEqualTo(10);
    }

    @Test
    void theSummary_isOfTheWhole() {
        Traces.Summary summary =
                Traces.summary(List.of(span(2, 1, "productpage", 1, false, true), span(1, 0, "gateway", 0), span(3, 2, "details", 20)));

        assertThat(summary.root()).isEqualTo(new Traces.Root("gateway", "GET /1"));
        assertThat(summary.duration()).isEqualTo(30);
        assertThat(summary.services()).containsExactly("details", "gateway", "productpage");
        assertThat(summary.spans()).isEqualTo(3);
        assertThat(summary.error()).isTrue();
    }

    @Test
    void aSpanWhoseParentIsMissing_standsUnderTheRoot_andSaysSo() {
        List<Traces.SpanRow> rows =
                Traces.whole(List.of(span(1, 0, "gateway", 0), span(9, 8, "reviews", 3), span(10, 9, "ratings", 4))).spans();

        assertThat(rows.get(1).spanId()).isEqualTo(id(9));
        assertThat(rows.get(1).parentId()).isEqualTo(id(1));
        assertThat(rows.get(1).attributes()).containsEntry(Traces.MISSING_PARENT, id(8));
        assertThat(rows.get(2).parentId()).isEqualTo(id(9));
        assertThat(rows.get(2).attributes()).isEmpty();
    }

    @Test
    void withoutARoot_theEarliestOrphanIsIt() {
        List<Traces.SpanRow> rows = Traces.whole(List.of(span(3, 8, "b", 5), span(2, 7, "a", 1))).spans();

        assertThat(rows.get(0).spanId()).isEqualTo(id(2));
        assertThat(rows.get(0).parentId()).isNull();
        assertThat(rows.get(1).parentId()).isEqualTo(id(2));
    }

    @Test
    void twoRoots_areOneTree() {
        List<Traces.SpanRow> rows = Traces.whole(List.of(span(1, 0, "a", 0), span(2, 0, "b", 5))).spans();

        assertThat(rows.get(1).parentId()).isEqualTo(id(1));
    }

    @Test
    void spansThatAreEachOthersParents_areAllShownOnce() {
        List<Span> ring = List.of(span(1, 2, "a", 0), span(2, 3, "b", 1), span(3, 1, "c", 2), span(4, 4, "self", 3));

        assertThat(order(ring)).containsExactlyInAnyOrder(id(1), id(2), id(3), id(4)).startsWith(id(1));
    }

    @Test
    void aServersHalf_standsBelowTheClients_withWhatItCalled() {
        List<Traces.SpanRow> rows = Traces.whole(List.of(
                        span(1, 0, "productpage", 0), span(1, 0, "reviews", 1, true, false), span(2, 1, "reviews", 2), span(3, 1, "productpage", 3)))
                .spans();

        assertThat(rows.stream().map(Traces.SpanRow::spanId)).containsExactly(id(1), id(1) + ":server", id(2), id(3));
        assertThat(rows.get(1).parentId()).isEqualTo(id(1));
        assertThat(rows.get(2).parentId()).isEqualTo(id(1) + ":server");
        assertThat(rows.get(3).parentId()).isEqualTo(id(1));
    }

    @Test
    void oneLongChain_isNoProblem() {
        List<Span> chain = new ArrayList<>();
        for (int i = 1; i <= 20_000; i++) {
            chain.add(span(i, i - 1, "s", i));
        }
        Collections.reverse(chain);

        assertThat(order(chain)).hasSize(20_000).startsWith(id(1)).endsWith(id(20_000));
    }
}
