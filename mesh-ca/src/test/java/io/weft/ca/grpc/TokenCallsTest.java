package io.weft.ca.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TokenCallsTest {

    private final CountDownLatch held = new CountDownLatch(1);
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();

    @Test
    void soManyAtATime_soManyInLine_moreAreSentAway() {
        try (TokenCalls calls = TokenCalls.beside(2, 3)) {
            for (int i = 0; i < 5; i++) {
                assertThat(calls.offer(this::call)).isTrue();
            }
            assertThat(calls.offer(this::call)).as("the line is full").isFalse();
            await().until(() -> started.get() == 2);
            held.countDown();
            await().until(() -> done.get() == 5);
            assertThat(calls.offer(this::call)).as("there is room again").isTrue();
        }
    }

    @Test
    void atTheEndNobodyIsTaken() {
        TokenCalls calls = TokenCalls.beside(1, 1);
        calls.close();
        assertThat(calls.offer(this::call)).isFalse();
    }

    private void call() {
        started.incrementAndGet();
        try {
            held.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        done.incrementAndGet();
    }
}
