package io.weft.gateway.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DrainTest {

    private final Drain drain = new Drain();

    @Test
    void waitsUntilTheLastOneIsGone() throws Exception {
        drain.opened();
        drain.opened();
        drain.start();
        CompletableFuture<Boolean> waiting =
                CompletableFuture.supplyAsync(() -> drain.await(Duration.ofSeconds(10), () -> drain.open() == 0));
        drain.closed();
        assertThat(waiting).isNotDone();
        drain.closed();
        assertThat(waiting.get(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void givesUpAfterTheTimeGiven() {
        drain.opened();
        drain.start();
        assertThat(drain.await(Duration.ofMillis(20), () -> drain.open() == 0)).isFalse();
        drain.closed();
        assertThat(drain.await(Duration.ZERO, () -> drain.open() == 0)).isTrue();
    }
}
