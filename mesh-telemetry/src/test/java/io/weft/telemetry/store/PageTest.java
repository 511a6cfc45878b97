package io.weft.telemetry.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PageTest {

    private static final StandardMetric REQUESTS = StandardMetric.ISTIO_REQUESTS_TOTAL;
    private static final LabelSet OK = labels("200");
    private static final LabelSet BAD = labels("503");

    private static LabelSet labels(String code) {
        return LabelSet.of(new TreeMap<>(Map.of("response_code", code)));
    }

    private static Page page(Double start, double ok, double bad) {
        return new Page(Map.of(REQUESTS, Map.of(OK, new Reading.Count(ok), BAD, new Reading.Count(bad))), start);
    }

    @Test
    void ofTheSameProcess_onlyWhatGrewCounts() {
        assertThat(page(5.0, 12, 3).since(page(5.0, 10, 3))).isEqualTo(page(5.0, 2, 0));
        assertThat(page(5.4, 12, 3).since(page(5.0, 10, 3)).families()).isEqualTo(page(null, 2, 0).families());
        assertThat(page(null, 12, 3).since(Page.EMPTY)).isEqualTo(page(null, 12, 3));
    }

    @Test
    void afterARestart_allOfItIsNew() {
        assertThat(page(null, 4, 3).since(page(null, 10, 3))).as("one series fell").isEqualTo(page(null, 4, 3));
        assertThat(page(9.0, 12, 5).since(page(5.0, 10, 3))).as("it says so").isEqualTo(page(9.0, 12, 5));
    }

    @Test
    void sums_neverFall_andWhatIsBeyondTheLimitIsCountedTogether() {
        Intake intake = new Intake();
        MetricStore store = new MetricStore(2, intake);
        AtomicReference<Page> told = new AtomicReference<>();
        store.listen(new MetricStore.Listener() {
            @Override
            public void grown(Page growth) {
                told.set(growth);
            }

            @Override
            public void roundDone(java.time.Instant now) {}
        });
        store.add(page(null, 10, 1), false);
        assertThat(told.get()).as("it had counted that long before").isNull();
        store.add(page(null, 5, 0), true);
        assertThat(told.get()).isNotNull();
        for (String code : List.of("1", "2", "3")) {
            store.add(new Page(Map.of(REQUESTS, Map.of(labels(code), new Reading.Count(7))), null), true);
        }

        Map<LabelSet, Reading> sums = store.totals().get(REQUESTS);
        assertThat(sums)
                .containsEntry(OK, new Reading.Count(15))
                .containsEntry(BAD, new Reading.Count(1))
                .containsEntry(LabelSet.OVERFLOW, new Reading.Count(21))
                .hasSize(3);
        assertThat(intake.dropped(Kind.SERIES, DropReason.CAPACITY)).isEqualTo(3);
    }
}
