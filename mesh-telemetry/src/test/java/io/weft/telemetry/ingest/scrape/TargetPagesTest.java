package io.weft.telemetry.ingest.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.telemetry.store.Page;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TargetPagesTest {

    private static ScrapeTarget target(int number) {
        return ScrapeTarget.of("http://127.0.0.1:" + (1000 + number) + "/m", "w", "ns");
    }

    private static Page page(int series) throws UnreadablePageException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < series; i++) {
            text.append("istio_requests_total{a=\"").append(i).append("\"} 1\n");
        }
        return PageParser.parse(text.toString().getBytes(StandardCharsets.UTF_8), 1000);
    }

    @Test
    void whoWent_isForgottenFirst_andWhoLivesNever() throws Exception {
        TargetPages pages = new TargetPages(2, 100);
        pages.put(target(1), page(10), Set.of(target(1)));
        pages.put(target(2), page(10), Set.of(target(2)));
        pages.put(target(3), page(10), Set.of(target(2), target(3)));

        assertThat(pages.last(target(1))).isNull();
        assertThat(pages.last(target(2))).isNotNull();
        assertThat(pages.last(target(3))).isNotNull();
    }

    @Test
    void moreSeriesThanThereIsRoomFor_areRefused_andTheLastPageStays() throws Exception {
        TargetPages pages = new TargetPages(10, 100);
        pages.put(target(1), page(60), Set.of(target(1), target(2)));

        assertThatThrownBy(() -> pages.put(target(2), page(60), Set.of(target(1), target(2))))
                .hasMessage("all targets together have more than 100 series of the mesh's metrics");
        assertThatThrownBy(() -> pages.put(target(1), page(101), Set.of(target(1)))).isInstanceOf(UnreadablePageException.class);
        assertThat(pages.last(target(1))).isEqualTo(page(60));
        pages.put(target(2), page(60), Set.of(target(2)));
        assertThat(pages.last(target(1))).isNull();
    }

    @Test
    void aTarget_isAnAddressWeFetch() {
        for (String bad : new String[] {
            "https://127.0.0.1:1/x", "http://127.0.0.1/x", "http://u@127.0.0.1:1/x", "http://127.0.0.1:1", "http://127.0.0.1:1/x#y", "x", "http://a b:1/"
        }) {
            assertThatThrownBy(() -> ScrapeTarget.of(bad, null, null))
                    .as(bad)
                    .hasMessage("target \"" + bad + "\" (expected: http://host:port/path)");
        }
        assertThat(ScrapeTarget.of("http://[::1]:15020/stats/prometheus?x=1", "w", "").namespace()).isNull();
    }
}
