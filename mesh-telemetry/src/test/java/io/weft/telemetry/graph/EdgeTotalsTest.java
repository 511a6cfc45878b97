package io.weft.telemetry.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EdgeTotalsTest {

    @Test
    void onlyStatusesAreToldApart_howeverManyCodesSomebodyMakesUp() {
        EdgeTotals totals = EdgeTotals.NONE;
        for (int i = 0; i < 5000; i++) {
            totals = totals.plus(EdgeTotals.ofRequests(1, false, "none", "made-up-" + i));
        }
        totals = totals.plus(EdgeTotals.ofRequests(2, true, "none", "503")).plus(EdgeTotals.ofRequests(3, true, "none", "0"));

        assertThat(totals.codes()).containsOnlyKeys("0", "503", "unknown").containsEntry("unknown", 5000.0).containsEntry("503", 2.0);
        assertThat(totals.requests()).isEqualTo(5005);
    }
}
