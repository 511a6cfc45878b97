package io.weft.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.FilterOverrides;
import io.weft.sidecar.resource.FractionalPercent;
import io.weft.sidecar.resource.HeaderOperations;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.HttpManagerResource.EscapedSlashes;
import io.weft.sidecar.resource.HttpManagerResource.PathNormalization;
import io.weft.sidecar.resource.RetryPolicyResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.RouteResource.Target;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.TestEngine;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What ends, and what is let go when it does. */
class StreamLimitsIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    private TestEngine engine;

    @BeforeEach
    void start() {
        engine = new TestEngine();
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    /** Reads a head and then waits until the proxy closes. */
    private static RawBackend silent() throws Exception {
        return new RawBackend((head, in, out) -> {
            in.readAllBytes();
            return false;
        });
    }

    private static UnaryOperator<HttpManagerResource> with(Duration request, Duration stream, PathNormalization paths) {
        return m -> new HttpManagerResource(
                m.statPrefix(), m.codec(), m.routeConfig(), null, m.filters(), paths, m.forwardClientCert(), m.forwardClientCertDetails(),
                false, 0, false, true, false, m.serverHeader(), "weft", m.underscoreHeaders(), request, m.requestHeadersTimeout(),
                m.streamIdleTimeout(), m.idleTimeout(), m.maxConnectionDuration(), stream, 0, m.drainTimeout(), 0, 0, m.upgradeTypes(), false,
                false, m.http2(), List.of());
    }

    private static VirtualHostResource all(RouteResource.Action action) {
        return VirtualHostResource.of("all", List.of("*"), List.of(RouteResource.of("r", Match.prefix("/"), action)));
    }

    private static RawClient.Response send(int port, String request) throws Exception {
        try (RawClient client = new RawClient(port)) {
            return client.send(request).read();
        }
    }

    @Test
    void aRequestThatTakesTooLongToComeIs408() throws Exception {
        try (RawBackend backend = silent()) {
            engine.cluster("app", backend.port());
            int port = engine.listen(with(Duration.ofMillis(200), Duration.ZERO, PathNormalization.BASE), List.of(), all(Forward.to("app")));
            try (RawClient client = new RawClient(port)) {
                client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
                assertThat(client.read().status()).isEqualTo(408);
            }
            await().until(() -> engine.engine().clusters().get(0).endpoints().get(0).activeConnections() == 0);
        }
    }

    @Test
    void aStreamThatLivesTooLongEnds_eventhoughItsRequestNeverDoes() throws Exception {
        try (RawBackend backend = silent()) {
            engine.cluster("app", backend.port());
            int port = engine.listen(with(Duration.ZERO, Duration.ofMillis(200), PathNormalization.BASE), List.of(), all(Forward.to("app")));
            try (RawClient client = new RawClient(port)) {
                client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
                assertThat(client.read().status()).isEqualTo(408);
            }
            await().until(() -> engine.log().size() == 1);
            assertThat(engine.log().get(0).flags()).isEqualTo("DT");
        }
    }

    @Test
    void aMirrorThatNeverAnswersIsLetGo() throws Exception {
        try (RawBackend app = RawBackend.text("app"); RawBackend shadow = silent()) {
            engine.cluster("app", app.port());
            engine.cluster("shadow", shadow.port());
            Forward to = new Forward(
                    new Target.Cluster("app"), Duration.ofMillis(300), null, null, null, null, null, null, null, false,
                    List.of(new RouteResource.Mirror("shadow", FractionalPercent.ALWAYS, true)), List.of(), Map.of(), 503);
            assertThat(send(engine.listen(RouteResource.of("r", Match.prefix("/"), to)), GET).body()).isEqualTo("app");
            await().until(() -> shadow.heads().size() == 1);
            await().untilAsserted(() -> assertThat(engine.engine().clusters())
                    .filteredOn(cluster -> cluster.resource().name().equals("shadow"))
                    .allSatisfy(cluster -> assertThat(cluster.endpoints()).allSatisfy(endpoint -> {
                        assertThat(endpoint.activeRequests()).isZero();
                        assertThat(endpoint.activeConnections()).isZero();
                    })));
        }
    }

    @Test
    void whoWaitsBehindAConnectionThatWasBeingOpenedWaitsASecondAtMost() throws Exception {
        try (RawBackend backend = silent()) {
            engine.cluster(ClusterResource.of("app", ClusterResource.Type.STATIC, TestEngine.endpoints("app", backend.port()))
                    .withCircuitBreakers(new ClusterResource.CircuitBreakers(1, 10, 10, 3, null, 3)));
            int port = engine.listen(RouteResource.of("all", Match.prefix("/"), Forward.to("app")));
            try (RawClient first = new RawClient(port); RawClient second = new RawClient(port)) {
                first.send(GET);
                second.send(GET);
                // one has the only connection, the other is told
                RawClient loser = null;
                first.socket().setSoTimeout(50);
                second.socket().setSoTimeout(50);
                long end = System.nanoTime() + 4_000_000_000L;
                while (loser == null && System.nanoTime() < end) {
                    loser = answered(first) ? first : answered(second) ? second : null;
                }
                assertThat(loser).as("nobody was told within 4 s").isNotNull();
            }
        }
    }

    private static boolean answered(RawClient client) throws Exception {
        try {
            return client.read().status() == 503;
        } catch (java.net.SocketTimeoutException notYet) {
            return false;
        }
    }

    @Test
    void aRetryDoesNotCountAgainstItself() throws Exception {
        try (RawBackend backend = RawBackend.fixed("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")) {
            engine.cluster(ClusterResource.of("app", ClusterResource.Type.STATIC, TestEngine.endpoints("app", backend.port()))
                    .withCircuitBreakers(new ClusterResource.CircuitBreakers(10, 10, 10, 1, null, 3)));
            int port = engine.listen(RouteResource.of(
                    "all", Match.prefix("/"),
                    Forward.to(new Target.Cluster("app"), null, RetryPolicyResource.of(Set.of("5xx"), 3, Duration.ZERO))));
            assertThat(send(port, GET).status()).isEqualTo(503);
            assertThat(backend.heads()).hasSize(4);
        }
    }

    @Test
    void endpointsThatLeaveWhileARequestWaits_andThoseThatComeBack() throws Exception {
        try (RawBackend backend = RawBackend.text("app")) {
            ClusterResource eds = ClusterResource.of("app", ClusterResource.Type.EDS, null);
            engine.cluster(eds);
            EndpointsResource there = TestEngine.endpoints("app", backend.port());
            EndpointsResource none = EndpointsResource.of("app", List.of());
            int port = engine.listen(RouteResource.of("all", Match.prefix("/"), Forward.to("app")));
            for (int i = 0; i < 50; i++) {
                engine.engine().applyEndpoints(List.of(there), List.of());
                try (RawClient client = new RawClient(port)) {
                    client.send(GET);
                    engine.engine().applyEndpoints(List.of(none), List.of());
                    assertThat(client.read().status()).isIn(200, 503);
                }
            }
            await().until(() -> engine.engine().active() == 0);
            assertThat(backend.connections()).isLessThanOrEqualTo(50);
        }
    }

    @Test
    void aDirectResponseWithoutContentHasNoBody() throws Exception {
        int port = engine.listen(RouteResource.of("d", Match.prefix("/"), new RouteResource.DirectResponse(204, "not to be sent")));
        try (RawClient client = new RawClient(port)) {
            assertThat(client.send(GET).read().status()).isEqualTo(204);
            assertThat(client.send(GET).read().status()).isEqualTo(204);
        }
    }

    @Test
    void aRedirectToTheUnescapedPathStaysOnThisHost() throws Exception {
        int port = engine.listen(
                with(Duration.ZERO, Duration.ZERO, new PathNormalization(true, false, EscapedSlashes.UNESCAPE_AND_REDIRECT)),
                List.of(),
                all(Forward.to("app")));
        RawClient.Response moved = send(port, "GET /%2Fevil.example HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(moved.status()).isEqualTo(307);
        assertThat(moved.header("location")).isEqualTo("http://x//evil.example");
    }

    @Test
    void dotsBehindASemicolonAreRefused() throws Exception {
        int port = engine.listen(RouteResource.of("d", Match.prefix("/"), new RouteResource.DirectResponse(200, "ok")));
        for (String path : List.of("/a/..;/admin", "/a/%2e%2e;x/admin", "/.;/admin")) {
            assertThat(send(port, "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").status()).as(path).isEqualTo(400);
        }
        assertThat(send(port, "GET /a;v=1/..b;/.c;d HTTP/1.1\r\nHost: x\r\n\r\n").status()).isEqualTo(200);
    }

    @Test
    void headerEditsCannotChangeHowAMessageIsFramed() throws Exception {
        try (RawBackend backend = RawBackend.text("app")) {
            engine.cluster("app", backend.port());
            HeaderOperations lies = new HeaderOperations(
                    List.of(
                            new HeaderOperations.Add("Content-Length", "4", HeaderOperations.Action.OVERWRITE_IF_EXISTS_OR_ADD, false),
                            new HeaderOperations.Add("transfer-encoding", "chunked", HeaderOperations.Action.APPEND_IF_EXISTS_OR_ADD, false)),
                    List.of());
            int port = engine.listen(
                    new RouteResource("r", Match.prefix("/"), Forward.to("app"), lies, lies, FilterOverrides.NONE));
            RawClient.Response answer = send(port, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789");
            assertThat(answer.header("content-length")).isEqualTo("3");
            assertThat(answer.header("transfer-encoding")).isNull();
            assertThat(backend.heads().get(0).toLowerCase(Locale.ROOT)).contains("content-length: 10\r\n").doesNotContain("transfer-encoding");
        }
    }

    private static ClusterResource hashing(ClusterResource c) {
        return new ClusterResource(
                c.name(), c.type(), c.edsName(), c.endpoints(), ClusterResource.LoadBalancing.of(ClusterResource.Policy.RING_HASH),
                c.connectTimeout(), c.circuitBreakers(), c.outlierDetection(), c.tls(), c.transportMatches(), c.http(), c.healthChecks(),
                c.panicThreshold(), c.dns(), c.service(), c.keepalive(), c.exchangesMetadata());
    }

    @Test
    void aMissingCookieIsMade_andLeadsToTheSameHost() throws Exception {
        try (RawBackend a = RawBackend.text("a"); RawBackend b = RawBackend.text("b"); RawBackend c = RawBackend.text("c")) {
            ClusterResource plain =
                    ClusterResource.of("app", ClusterResource.Type.STATIC, TestEngine.endpoints("app", a.port(), b.port(), c.port()));
            engine.cluster(hashing(plain));
            Forward to = new Forward(
                    new Target.Cluster("app"), null, null, null, null, null, null, null, null, false, null,
                    List.of(new RouteResource.HashPolicy.Cookie("stick", Duration.ofMinutes(1), "/", false)), Map.of(), 503);
            int port = engine.listen(RouteResource.of("r", Match.prefix("/"), to));
            for (int i = 0; i < 5; i++) {
                RawClient.Response first = send(port, GET);
                String cookie = first.header("set-cookie");
                assertThat(cookie).startsWith("stick=\"").endsWith("\"; Max-Age=60; Path=/; HttpOnly");
                String pair = cookie.substring(0, cookie.indexOf(';'));
                RawClient.Response second = send(port, "GET / HTTP/1.1\r\nHost: x\r\nCookie: " + pair + "\r\n\r\n");
                assertThat(second.body()).isEqualTo(first.body());
                assertThat(second.header("set-cookie")).isNull();
            }
        }
    }
}
