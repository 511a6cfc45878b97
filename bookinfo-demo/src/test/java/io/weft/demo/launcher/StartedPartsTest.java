package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.demo.launcher.Part.Stage;
import io.weft.demo.launcher.TwoAtATime.Step;
import io.weft.pilot.FreePort;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

class StartedPartsTest {

    private final List<String> stopped = new ArrayList<>();
    private final StartedParts parts = new StartedParts();

    @Test
    void withinAStage_theyStopInReverseOrder_alsoWhenOneWillNot() {
        parts.add(part("first", () -> stopped.add("first")));
        parts.add(part("second", () -> {
            throw new IllegalStateException("will not");
        }));
        parts.add(part("third", () -> stopped.add("third")));
        parts.close(1);
        assertThat(stopped).containsExactly("third", "first");
        assertThat(parts.parts()).isEmpty();
    }

    @Test
    void theEdgeStopsFirst_andWhatTheMeshStandsOnLast_wheneverTheyStarted() {
        for (Stage stage : List.of(Stage.BASE, Stage.EDGE, Stage.PILOT, Stage.APP, Stage.SIDECAR, Stage.TELEMETRY, Stage.EGRESS)) {
            parts.add(part(stage, () -> stopped.add(stage.name())));
        }
        parts.close(8);
        assertThat(stopped).containsExactly("EDGE", "SIDECAR", "APP", "EGRESS", "TELEMETRY", "PILOT", "BASE");
    }

    @Test
    void severalOfAStageStopAtOnce_andTheNextStageWaitsForAllOfThem() {
        CountDownLatch both = new CountDownLatch(2);
        List<String> order = new CopyOnWriteArrayList<>();
        AutoCloseable slow = () -> {
            both.countDown();
            order.add("met: " + both.await(5, TimeUnit.SECONDS));
        };
        parts.add(part(Stage.SIDECAR, slow));
        parts.add(part(Stage.SIDECAR, slow));
        parts.add(part(Stage.APP, () -> order.add("app")));
        parts.close(2);
        assertThat(order).containsExactly("met: true", "met: true", "app");
    }

    @Test
    void whatStartsTooLateIsStoppedAtOnce() {
        parts.close(1);
        parts.add(part("late", () -> stopped.add("late")));
        assertThat(stopped).containsExactly("late");
    }

    @Test
    void twoStepsRunSideBySide() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        try (TwoAtATime starter = new TwoAtATime()) {
            List<Boolean> met = new CopyOnWriteArrayList<>();
            Step step = new Step("x", () -> {
                both.countDown();
                return met.add(both.await(5, TimeUnit.SECONDS));
            });
            starter.run(List.of(step, step));
            assertThat(met).containsExactly(true, true);
        }
    }

    @Test
    void aFailureNamesItsPartAndItsReason() {
        try (TwoAtATime starter = new TwoAtATime()) {
            assertThatThrownBy(() -> starter.run(List.of(
                            new Step("good", () -> 1),
                            new Step("bad", () -> {
                                throw new IllegalStateException("outer", new IllegalStateException("the reason"));
                            }))))
                    .isInstanceOf(PartFailure.class)
                    .hasMessage("bad did not start: the reason");
        }
    }

    @Test
    void readinessIsAskedForUntilItIsThere() throws Exception {
        int nobody = FreePort.next();
        Part never = new Part("never", List.of(), URI.create("http://127.0.0.1:" + nobody + "/ready"), Stage.APP, () -> {});
        CountDownLatch stop = new CountDownLatch(1);
        stop.countDown();
        assertThat(new Readiness().await(List.of(never), missing -> {}, stop)).isFalse();
        assertThat(new Readiness().await(List.of(part("at once", () -> {})), missing -> {}, new CountDownLatch(1))).isTrue();
    }

    @Test
    void anAnswerIsAskedForUntilItHoldsNoneOfTheTextsAnyMore() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) ->
                        response.sendString(Mono.just(List.of("UNREPORTED", "UNWELL", "HEALTHY").get(Math.min(2, asked.getAndIncrement())))))
                .bindNow();
        try {
            URI address = URI.create("http://127.0.0.1:" + server.port() + "/");
            CountDownLatch go = new CountDownLatch(1);
            assertThat(new Readiness().awaitWithout(address, List.of("UNREPORTED", "UNWELL"), Duration.ofSeconds(10), go)).isTrue();
            assertThat(asked).hasValue(3);
            assertThat(new Readiness().awaitWithout(address, List.of("HEALTHY"), Duration.ofMillis(10), go)).isFalse();
        } finally {
            server.disposeNow();
        }
    }

    private static Part part(String name, AutoCloseable stop) {
        return new Part(name, List.of(), null, Stage.APP, stop);
    }

    private static Part part(Stage stage, AutoCloseable stop) {
        return new Part(stage.name(), List.of(), null, stage, stop);
    }
}
