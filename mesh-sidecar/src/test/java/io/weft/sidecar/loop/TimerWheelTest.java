package io.weft.sidecar.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.DefaultEventLoop;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
    @Test
    void deadlinesExpireOnce_notEarly_andNotWhenCancelled() {
        DefaultEventLoop loop = new DefaultEventLoop();
        try {
            List<Long> expired = new CopyOnWriteArrayList<>();
            long start = System.nanoTime();
            Deadline cancelled = deadline(() -> expired.add(-1L));
            loop.execute(() -> {
                TimerWheel wheel = LoopState.of(loop).timers();
                for (long millis : new long[] {0, 20, 100, 300}) {
                    wheel.arm(deadline(() -> expired.add((System.nanoTime() - start) / 1_000_000 - millis)), millis);
                }
                wheel.arm(cancelled, 50);
                wheel.cancel(cancelled);
            });
            await().until(() -> expired.size() == 4);
            assertThat(expired).allMatch(late -> late >= 0);
            assertThat(cancelled.armed()).isFalse();
        } finally {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    private static Deadline deadline(Runnable then) {
        return new Deadline() {
            @Override
            protected void expired() {
                then.run();
            }
        };
    }
}
