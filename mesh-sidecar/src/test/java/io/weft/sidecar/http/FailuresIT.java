package io.weft.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.RetryPolicyResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.RouteResource.Target;
import io.weft.sidecar.testing.FreePort;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.TestEngine;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FailuresIT {
    private TestEngine engine;

    @BeforeEach
    void start() {
        engine = new TestEngine();
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private int listen() {
        return engine.listen(RouteResource.of("all", Match.prefix("/"), Forward.to("app")));
    }

    private RawClient.Response get(int port) throws Exception {
        return get(port, "/");
    }

    private RawClient.Response get(int port, String path) throws Exception {
        try (RawClient client = new RawClient(port)) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").read();
        }
    }

    private void logged(int status, String flag) {
        await().until(() -> !engine.log().isEmpty());
        assertThat(engine.log().get(engine.log().size() - 1)).satisfies(seen -> {
            assertThat(seen.status()).isEqualTo(status);
            assertThat(seen.flags()).isEqualTo(flag);
        });
    }

    @Test
    void noRouteIs404NR() throws Exception {
        int port = engine.listen(RouteResource.of("a", Match.prefix("/a"), Forward.to("app")));
        assertThat(get(port, "/b").status()).isEqualTo(404);
        logged(404, "NR");
    }

    @Test
    void noClusterIs503NC() throws Exception {
        assertThat(get(listen()).status()).isEqualTo(503);
        logged(503, "NC");
    }

    @Test
    void noEndpointIs503UH() throws Exception {
        engine.cluster("app");
        RawClient.Response answer = get(listen());
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("no healthy upstream");
        logged(503, "UH");
    }

    @Test
    void nobodyListeningIs503UF() throws Exception {
        engine.cluster("app", FreePort.next());
        assertThat(get(listen()).status()).isEqualTo(503);
        logged(503, "UF");
    }

    @Test
    void aConnectionThatEndsWithoutAnAnswerIs503UC() throws Exception {
        try (RawBackend backend = new RawBackend((head, in, out) -> false)) {
            engine.cluster("app", backend.port());
            assertThat(get(listen()).status()).isEqualTo(503);
            logged(503, "UC");
            assertThat(backend.heads()).hasSize(1);
        }
    }

    @Test
    void anAnswerThatIsNotHttpIs502UPE() throws Exception {
        try (RawBackend backend = RawBackend.fixed("SSH-2.0-OpenSSH\r\n\r\n")) {
            engine.cluster("app", backend.port());
            assertThat(get(listen()).status()).isEqualTo(502);
            logged(502, "UPE");
        }
    }

    @Test
    void anAnswerCutShortClosesTheClientsConnection() throws Exception {
        RawBackend backend = new RawBackend((head, in, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this".getBytes());
            return false;
        });
        try (backend) {
            engine.cluster("app", backend.port());
            try (RawClient client = new RawClient(listen())) {
                client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                org.assertj.core.api.Assertions.assertThatThrownBy(client::read).hasMessageContaining("closed after");
            }
            logged(200, "UC");
        }
    }

    @Test
    void aTimeoutIs504UT_andTheSlowConnectionIsNotUsedAgain() throws Exception {
        try (RawBackend backend = new RawBackend((head, in, out) -> {
            if (head.contains("/slow")) {
                in.read();
                return false;
            }
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes());
            return true;
        })) {
            engine.cluster("app", backend.port());
            int port = engine.listen(RouteResource.of(
                    "all", Match.prefix("/"), Forward.to(new Target.Cluster("app"), Duration.ofMillis(200), null)));
            long start = System.nanoTime();
            RawClient.Response answer = get(port, "/slow");
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).isEqualTo("upstream request timeout");
            assertThat(System.nanoTime() - start).isBetween(150_000_000L, 3_000_000_000L);
            logged(504, "UT");
            assertThat(get(port, "/fast").body()).isEqualTo("ok");
        }
    }

    @Test
    void moreRequestsThanAllowedIs503UO() throws Exception {
        try (RawBackend backend = new RawBackend((head, in, out) -> {
            in.read();
            return false;
        })) {
            engine.cluster(ClusterResource.of("app", ClusterResource.Type.STATIC, TestEngine.endpoints("app", backend.port()))
                    .withCircuitBreakers(new ClusterResource.CircuitBreakers(10, 10, 1, 3, null, 3)));
            int port = listen();
            try (RawClient first = new RawClient(port)) {
                first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                await().until(() -> engine.engine().active() == 1 && !backend.heads().isEmpty());
                RawClient.Response answer = get(port);
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.header("x-envoy-overloaded")).isEqualTo("true");
                logged(503, "UO");
            }
            await().until(() -> engine.engine().active() == 0);
            await().until(() -> engine.engine().clusters().get(0).endpoints().get(0).activeRequests() == 0);
        }
    }

    @Test
    void waitingForAConnectionEndsAfterASecond_with503UO() throws Exception {
        try (RawBackend backend = new RawBackend((head, in, out) -> {
            in.read();
            return false;
        })) {
            engine.cluster(ClusterResource.of("app", ClusterResource.Type.STATIC, TestEngine.endpoints("app", backend.port()))
                    .withCircuitBreakers(new ClusterResource.CircuitBreakers(1, 10, 10, 3, null, 3)));
            int port = listen();
            try (RawClient first = new RawClient(port)) {
                first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                await().until(() -> !backend.heads().isEmpty());
                assertThat(get(port).status()).isEqualTo(503);
                logged(503, "UO");
                assertThat(backend.connections()).isEqualTo(1);
            }
        }
    }

    private static RetryPolicyResource retry(Set<String> on, int attempts) {
        return RetryPolicyResource.of(on, attempts, Duration.ZERO);
    }

    private int retrying(RetryPolicyResource policy) {
        return engine.listen(RouteResource.of("all", Match.prefix("/"), Forward.to(new Target.Cluster("app"), null, policy)));
    }

    @Test
    void a503IsTriedAgain_withTheSameBody() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        List<String> bodies = new CopyOnWriteArrayList<>();
        try (RawBackend backend = new RawBackend((head, in, out) -> {
            bodies.add(new String(RawBackend.body(head, in)));
            String line = calls.incrementAndGet() < 3 ? "503 Service Unavailable" : "200 OK";
            out.write(("HTTP/1.1 " + line + "\r\nContent-Length: 0\r\n\r\n").getBytes());
            return true;
        })) {
            engine.cluster("app", backend.port());
            try (RawClient client = new RawClient(retrying(retry(Set.of("5xx"), 3)))) {
                client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
                assertThat(client.read().status()).isEqualTo(200);
            }
            assertThat(bodies).containsExactly("body", "body", "body");
            await().until(() -> engine.log().size() == 1);
            assertThat(engine.log().get(0).attempts()).isEqualTo(3);
        }
    }

    @Test
    void attemptsAreCounted_andTheLastAnswerIsPassedOn() throws Exception {
        try (RawBackend backend = RawBackend.fixed("HTTP/1.1 503 No\r\nContent-Length: 3\r\n\r\nbad")) {
            engine.cluster("app", backend.port());
            RawClient.Response answer = get(retrying(retry(Set.of("5xx"), 2)));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("bad");
            assertThat(backend.heads()).hasSize(3);
            logged(503, "URX");
        }
    }

    @Test
    void whatThePolicyDoesNotNameIsNotTriedAgain() throws Exception {
        try (RawBackend backend = new RawBackend((head, in, out) -> false)) {
            engine.cluster("app", backend.port());
            assertThat(get(retrying(retry(Set.of("connect-failure", "refused-stream", "unavailable"), 2))).status()).isEqualTo(503);
            assertThat(backend.heads()).hasSize(1);
        }
    }

    @Test
    void aConnectFailureGoesToAnotherHost() throws Exception {
        try (RawBackend backend = RawBackend.text("alive")) {
            engine.cluster("app", FreePort.next(), backend.port());
            RetryPolicyResource policy = new RetryPolicyResource(
                    Set.of("connect-failure"), 2, Duration.ZERO, Set.of(), List.of(), true, 5, Duration.ofMillis(1), Duration.ofMillis(5));
            int port = retrying(policy);
            for (int i = 0; i < 10; i++) {
                assertThat(get(port).body()).isEqualTo("alive");
            }
        }
    }

    @Test
    void aSingleSlowAttemptIsGivenUp_andTriedAgain() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (RawBackend backend = new RawBackend((head, in, out) -> {
            if (calls.incrementAndGet() == 1) {
                in.read();
                return false;
            }
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes());
            return true;
        })) {
            engine.cluster("app", backend.port());
            RetryPolicyResource policy = RetryPolicyResource.of(Set.of("5xx"), 2, Duration.ofMillis(150));
            assertThat(get(retrying(policy)).body()).isEqualTo("ok");
        }
    }

    @Test
    void fiveErrorsInARowEjectAHost_andTheOthersServe() throws Exception {
        try (RawBackend bad = RawBackend.fixed("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"); RawBackend good = RawBackend.text("good")) {
            ClusterResource.OutlierDetection detection = new ClusterResource.OutlierDetection(
                    5, 0, 0, false, Duration.ofMillis(100), Duration.ofSeconds(4), Duration.ofSeconds(5), 100, false, 100, 0, 100, 0, 5, 100, 1900);
            engine.cluster(ClusterResource.of("app", ClusterResource.Type.STATIC, TestEngine.endpoints("app", bad.port(), good.port()))
                    .withOutlierDetection(detection));
            int port = listen();
            for (int i = 0; i < 10; i++) {
                get(port);
            }
            assertThat(bad.heads()).hasSize(5);
            for (int i = 0; i < 6; i++) {
                assertThat(get(port).body()).isEqualTo("good");
            }
            await().until(() -> engine.engine().clusters().get(0).endpoints().stream().noneMatch(e -> e.ejected()));
        }
    }

    @Test
    void weightsAreKept() throws Exception {
        try (RawBackend a = RawBackend.text("a"); RawBackend b = RawBackend.text("b")) {
            engine.cluster("a", a.port());
            engine.cluster("b", b.port());
            int port = engine.listen(RouteResource.of(
                    "split",
                    Match.prefix("/"),
                    Forward.to(
                            new Target.Weighted(List.of(RouteResource.WeightedCluster.of("a", 80), RouteResource.WeightedCluster.of("b", 20))),
                            null,
                            null)));
            int toA = 0;
            try (RawClient client = new RawClient(port)) {
                for (int i = 0; i < 400; i++) {
                    toA += client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read().body().equals("a") ? 1 : 0;
                }
            }
            assertThat(toA).isBetween(320 - 32, 320 + 32);
        }
    }
}
