package io.weft.sidecar.cluster.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.sidecar.cluster.ClusterView;
import io.weft.sidecar.cluster.EndpointView;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.HealthCheckResource;
import io.weft.sidecar.testing.FreePort;
import io.weft.sidecar.testing.RawBackend;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;

class HealthCheckerTest {
    private final LoopResources loops = LoopResources.create("test", 1, true);
    private final List<String> reports = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private HealthChecker checker;

    @AfterEach
    void stop() {
        checker.close();
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
    }

    private static final class Endpoint implements EndpointView {
        final int port;
        volatile boolean active = true;

        Endpoint(int port) {
            this.port = port;
        }

        @Override
        public EndpointsResource.Endpoint resource() {
            return EndpointsResource.Endpoint.of("127.0.0.1", port);
        }

        @Override
        public InetSocketAddress address() {
            return new InetSocketAddress("127.0.0.1", port);
        }

        @Override
        public int priority() {
            return 0;
        }

        @Override
        public boolean healthy() {
            return active;
        }

        @Override
        public void activeHealth(boolean healthy) {
            active = healthy;
        }

        @Override
        public boolean activelyHealthy() {
            return active;
        }

        @Override
        public boolean ejected() {
            return false;
        }

        @Override
        public int activeRequests() {
            return 0;
        }

        @Override
        public int activeConnections() {
            return 0;
        }

        @Override
        public long requests() {
            return 0;
        }

        @Override
        public long errors() {
            return 0;
        }
    }

    private record View(ClusterResource resource, List<EndpointView> endpoints) implements ClusterView {}

    private static ClusterView cluster(String name, HealthCheckResource.Probe probe, int unhealthyAfter, Endpoint endpoint) {
        ClusterResource plain = ClusterResource.of(name, ClusterResource.Type.STATIC, null);
        HealthCheckResource check =
                new HealthCheckResource(Duration.ofMillis(500), Duration.ofMillis(30), unhealthyAfter, 1, probe);
        return new View(
                new ClusterResource(
                        name, plain.type(), name, null, plain.loadBalancing(), plain.connectTimeout(), plain.circuitBreakers(), null,
                        null, List.of(), plain.http(), List.of(check), 50, plain.dns(), null, null, false),
                List.of(endpoint));
    }

    private void check(ClusterView cluster) {
        checker = new HealthChecker(() -> List.of(cluster), "inbound|", loops);
        checker.reportTo(problem -> reports.add(problem == null ? "healthy" : problem), () -> true);
        checker.refresh();
    }

    private RawBackend app() throws Exception {
        return new RawBackend((head, in, out) -> {
            out.write(("HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return true;
        });
    }

    @Test
    void http_firstResultAndEveryChangeAreReported() throws Exception {
        try (RawBackend app = app()) {
            check(cluster("inbound|9080||", new HealthCheckResource.Probe.Http("", "/health", List.of(), false), 2, new Endpoint(app.port())));
            await().until(() -> reports.equals(List.of("healthy")));
            status = 500;
            await().until(() -> reports.size() == 2);
            assertThat(reports.get(1)).contains("GET /health: 500 (expected: 200)");
            status = 200;
            await().until(() -> reports.size() == 3);
            assertThat(reports.get(2)).isEqualTo("healthy");
        }
    }

    @Test
    void openPortWithAFailingProbe_isUnhealthyFromTheStart() throws Exception {
        status = 503;
        try (RawBackend app = app()) {
            check(cluster("inbound|9080||", new HealthCheckResource.Probe.Http("", "/health", List.of(), false), 3, new Endpoint(app.port())));
            await().until(() -> reports.size() == 1);
            assertThat(reports.get(0)).contains("503");
        }
    }

    @Test
    void silentApp_isUnhealthy() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            check(cluster("inbound|1||", new HealthCheckResource.Probe.Http("", "/", List.of(), false), 1, new Endpoint(silent.getLocalPort())));
            await().until(() -> reports.size() == 1);
            assertThat(reports.get(0)).contains("no answer in 500 ms");
        }
    }

    @Test
    void tcp_openAndClosed() throws Exception {
        ServerSocket app = new ServerSocket(0);
        check(cluster("inbound|1||", new HealthCheckResource.Probe.Tcp(), 1, new Endpoint(app.getLocalPort())));
        await().until(() -> reports.equals(List.of("healthy")));
        app.close();
        await().until(() -> reports.size() == 2);
        // Reset: the probe had connected to the backlog of the port that was closing.
        assertThat(reports.get(1)).containsAnyOf("Connection refused", "Connection reset");
    }

    @Test
    void grpc_refusedConnection_isUnhealthy() throws Exception {
        int port = FreePort.next();
        check(cluster("inbound|1||", new HealthCheckResource.Probe.Grpc("x", ""), 1, new Endpoint(port)));
        await().until(() -> reports.size() == 1);
        assertThat(reports.get(0)).contains("gRPC health: UNAVAILABLE");
    }

    @Test
    void nothingIsSaidBeforeTheProxyIsReady_andTheLastWordIsThatItLeaves() throws Exception {
        try (RawBackend app = app()) {
            AtomicBoolean ready = new AtomicBoolean();
            AtomicInteger asked = new AtomicInteger();
            ClusterView cluster = cluster("inbound|9080||", new HealthCheckResource.Probe.Http("", "/health", List.of(), false), 1, new Endpoint(app.port()));
            checker = new HealthChecker(() -> List.of(cluster), "inbound|", loops);
            checker.reportTo(problem -> reports.add(problem == null ? "healthy" : problem), () -> {
                asked.incrementAndGet();
                return ready.get();
            });
            checker.refresh();
            await().until(() -> app.heads().size() >= 40);
            assertThat(reports).isEmpty();
            assertThat(asked).as("asked when something happens, not all the time").hasValueLessThan(12);
            ready.set(true);
            checker.lookAgain();
            await().until(() -> reports.equals(List.of("healthy")));
            checker.leave("draining");
            await().until(() -> reports.equals(List.of("healthy", "draining")));
            status = 500;
            int before = app.heads().size();
            checker.refresh();
            assertThat(app.heads().size()).isLessThanOrEqualTo(before + 1);
            assertThat(reports).hasSize(2);
        }
    }

    @Test
    void anApplicationWithoutAProbe_andAProxyWithoutAnApplication_areWellOnceTheProxyIsReady() {
        ClusterView cluster = new View(ClusterResource.of("inbound|9080||", ClusterResource.Type.STATIC, null), List.of(new Endpoint(1)));
        checker = new HealthChecker(() -> List.of(cluster), "inbound|", loops);
        checker.reportTo(problem -> reports.add(problem == null ? "healthy" : problem), () -> true);
        await().until(() -> reports.equals(List.of("healthy")));
        checker.close();
        checker = new HealthChecker(List::of, null, loops);
        checker.reportAlone(problem -> reports.add(problem == null ? "healthy, alone" : problem), () -> true);
        await().until(() -> reports.equals(List.of("healthy", "healthy, alone")));
    }

    @Test
    void whoNeverSaidAWordLeavesWithoutOne() {
        checker = new HealthChecker(List::of, "inbound|", loops);
        checker.reportTo(problem -> reports.add("said"), () -> true);
        checker.leave("draining");
        checker.reportTo(problem -> reports.add("said"), () -> true);
        loops.onClient(true).next().submit(() -> {}).awaitUninterruptibly();
        assertThat(reports).isEmpty();
    }

    @Test
    void otherClusters_markTheirEndpoints_andAreNotReported() throws Exception {
        status = 500;
        try (RawBackend app = app()) {
            Endpoint endpoint = new Endpoint(app.port());
            check(cluster("outbound|80||x", new HealthCheckResource.Probe.Http("", "/health", List.of(), false), 1, endpoint));
            await().until(() -> !endpoint.active);
            status = 200;
            await().until(() -> endpoint.active);
            assertThat(reports).isEmpty();
        }
    }
}
