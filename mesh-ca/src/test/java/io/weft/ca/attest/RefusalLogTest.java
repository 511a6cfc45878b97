package io.weft.ca.attest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalLogTest {

    private final List<String> lines = new ArrayList<>();
    private long now = Long.MAX_VALUE - 5;
    private final RefusalLog log = new RefusalLog(lines::add, () -> now);

    private void refuse(String address, int port) {
        log.add(new Credentials(List.of(), null, new InetSocketAddress(address, port)), RefusedException.unauthenticated("no token"));
    }

    private void later(Duration time) {
        now += time.toNanos();
    }

    @Test
    void saysWhoAndWhy() {
        refuse("192.0.2.1", 7);

        assertThat(lines).containsExactly("refused /192.0.2.1:7 (UNAUTHENTICATED): no token");
    }

    @Test
    void someoneInALoopIsSaidAFewTimesAndHidesNobody() {
        for (int port = 1; port <= 1000; port++) {
            refuse("192.0.2.1", port);
        }
        refuse("192.0.2.2", 1);

        assertThat(lines).hasSize(RefusalLog.LINES_EACH + 1).last().asString().startsWith("refused /192.0.2.2:1 ");
    }

    @Test
    void whatWasNotSaidIsSaidAsANumber() {
        for (int port = 1; port <= RefusalLog.LINES_EACH + 7; port++) {
            refuse("192.0.2.1", port);
        }
        lines.clear();
        later(Duration.ofSeconds(10));
        refuse("192.0.2.1", 99);
        later(Duration.ofSeconds(10));
        refuse("192.0.2.1", 100);

        assertThat(lines)
                .containsExactly(
                        "refused 7 more without a line each",
                        "refused /192.0.2.1:99 (UNAUTHENTICATED): no token",
                        "refused /192.0.2.1:100 (UNAUTHENTICATED): no token");
    }

    @Test
    void manyAddressesFillNothingEither() {
        for (int each = 0; each < 10 * RefusalLog.ADDRESSES; each++) {
            refuse("192.0." + each / 256 + "." + each % 256, 1);
        }

        assertThat(lines).hasSize(RefusalLog.ADDRESSES);
    }
}
