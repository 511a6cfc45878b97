package io.weft.gateway.engine;

import static io.weft.gateway.engine.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.weft.gateway.engine.MirrorBackend.Answer;
import io.weft.gateway.springroute.SpringRoutes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.cloud.circuitbreaker.resilience4j.ReactiveResilience4JCircuitBreakerFactory;
import org.springframework.cloud.circuitbreaker.resilience4j.Resilience4JConfigBuilder;
import org.springframework.cloud.client.circuitbreaker.Customizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** A breaker's whole life on a distributed route: while it is open nobody asks the endpoint, and it closes again. */
@Timeout(60)
class CircuitBreakerIT {

    private static final int WINDOW = 4;
    private static final Duration WAIT = Duration.ofHours(1);
    /** Breakers' time, which goes on when a test says so: none depends on how long it takes. */
    private static final HandClock clock = new HandClock();

    @TempDir
    static Path home;

    static MirrorBackend backend;
    static ConfigurableApplicationContext gateway;
    static RouteBench bench;

    /** As a team would set its breakers. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Team {
        @Bean
        RouterFunction<ServerResponse> fallback() {
            return RouterFunctions.route().GET("/fallback", request -> ServerResponse.ok().bodyValue("from the fallback")).build();
        }

        @Bean
        Customizer<ReactiveResilience4JCircuitBreakerFactory> small() {
            return factory -> factory.configureDefault(id -> new Resilience4JConfigBuilder(id)
                    .circuitBreakerConfig(CircuitBreakerConfig.custom()
                            .slidingWindowSize(WINDOW)
                            .minimumNumberOfCalls(WINDOW)
                            .failureRateThreshold(50)
                            .permittedNumberOfCallsInHalfOpenState(2)
                            .waitDurationInOpenState(WAIT)
                            .clock(clock)
                            .build())
                    .build());
        }
    }

    @BeforeAll
    static void start() {
        backend = new MirrorBackend();
        gateway = Gateways.start(home, Team.class);
        GatewayProcess process = gateway.getBean(GatewayProcess.class);
        int http = process.ports().get("http-port");
        MeshResources.apply(process.engine(), http, process.ports().get("https-port"), backend.port(), null);
        bench = new RouteBench(backend, http, gateway.getBean(SpringRoutes.class));
    }

    @AfterAll
    static void stop() {
        // first, as long as the event loops are there that it shares with the gateway
        backend.close();
        gateway.close();
    }

    private static CircuitBreaker breaker(String name) {
        return gateway.getBean(CircuitBreakerRegistry.class).find(name).orElseThrow();
    }

    private static void apply(String name) {
        bench.apply(RouteBench.base().withFull("CircuitBreaker", "name", name, "fallbackUri", "forward:/fallback", "statusCodes[0]", "500"));
    }

    private static void failing(int requests) throws IOException {
        backend.forget();
        backend.prepare(IntStream.range(0, requests).mapToObj(i -> Answer.of(500, "broken")).toArray(Answer[]::new));
        for (int i = 0; i < requests; i++) {
            RouteBench.Seen seen = bench.ask(RouteBench.row());
            assertThat(seen.client().body()).isEqualTo("from the fallback");
            assertThat(seen.asked()).as("closed: the endpoint is asked").hasSize(1);
        }
    }

    private static void answersWithoutTheEndpoint() throws IOException {
        for (int i = 0; i < 10; i++) {
            RouteBench.Seen seen = bench.ask(RouteBench.row());
            assertThat(seen.status()).isEqualTo(200);
            assertThat(seen.client().body()).isEqualTo("from the fallback");
            assertThat(seen.asked()).as("open: the endpoint is left alone, though it is well again").isEmpty();
        }
    }

    @Test
    void opensAfterFailures_leavesTheEndpointAlone_andClosesWhenItIsWellAgain() throws IOException {
        apply("closes");
        failing(WINDOW);
        assertThat(breaker("closes").getState()).isEqualTo(CircuitBreaker.State.OPEN);
        answersWithoutTheEndpoint();

        clock.advance(WAIT.plusSeconds(1));
        for (int i = 0; i < 2; i++) {
            RouteBench.Seen tried = bench.ask(RouteBench.row());
            assertThat(tried.client().body()).isEqualTo("hello");
            assertThat(tried.asked()).hasSize(1);
        }
        await().untilAsserted(() -> assertThat(breaker("closes").getState()).isEqualTo(CircuitBreaker.State.CLOSED));
        assertThat(bench.ask(RouteBench.row()).client().body()).isEqualTo("hello");
    }

    @Test
    void opensAgain_whenTheEndpointIsStillBroken() throws IOException {
        apply("reopens");
        failing(WINDOW);
        clock.advance(WAIT.minusSeconds(1));
        answersWithoutTheEndpoint();
        clock.advance(Duration.ofSeconds(2));
        failing(2);
        assertThat(breaker("reopens").getState()).isEqualTo(CircuitBreaker.State.OPEN);
        answersWithoutTheEndpoint();
    }

    @Test
    void withoutAFallbackAnOpenBreakerAnswers503() throws IOException {
        bench.apply(route("row").toBackend().when("Path=/row").withFull("CircuitBreaker", "name", "bare", "statusCodes[0]", "500"));
        backend.forget();
        backend.prepare(IntStream.range(0, WINDOW).mapToObj(i -> Answer.of(500, "broken")).toArray(Answer[]::new));
        for (int i = 0; i < WINDOW; i++) {
            assertThat(bench.ask(RouteBench.row()).status()).isEqualTo(500);
        }
        RouteBench.Seen seen = bench.ask(RouteBench.row());
        assertThat(seen.status()).isEqualTo(503);
        assertThat(seen.asked()).isEmpty();
    }

    private static final class HandClock extends Clock {
        private volatile Instant now = Instant.EPOCH;

        void advance(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("instants only");
        }
    }
}
