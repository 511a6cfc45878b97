package io.weft.gateway.engine;

import static io.weft.gateway.engine.RawHttp.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.weft.sidecar.xds.LastGood;
import io.weft.sidecar.xds.RawResource;
import io.weft.sidecar.xds.ResourceKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** How a gateway starts, refuses to start, and stops. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class GatewayLifeIT {

    @TempDir
    Path home;

    private ConfigurableApplicationContext start(Class<?> more, String... args) {
        return Gateways.start(home, more, args);
    }

    @Test
    void aSidecarsWrongSettingIsOneLine(CapturedOutput output) {
        assertThat(catchThrowable(() -> start(
                        GatewayLifeIT.class,
                        "--weft.role=sidecar",
                        "--weft.part=reviews-v1",
                        "--weft.service-account=bookinfo-reviews",
                        "--weft.app.ports=9080")))
                .isNotNull();
        assertThat(output).contains("--weft.app.ports: 9080 (expected: port:port,…)").doesNotContain("\tat ");
    }

    @Test
    void takenListenerPort_isOneLineWithPartPortAndProperty(CapturedOutput output) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String line = "istio-egressgateway: port " + taken.getLocalPort()
                    + " on 127.0.0.1 is taken; weft.egress.https-port changes it (0: a free port)";
            Throwable failure = catchThrowable(() ->
                    start(GatewayLifeIT.class, "--weft.role=egress", "--weft.egress.https-port=" + taken.getLocalPort()));
            assertThat(causes(failure)).contains(line);
            assertThat(output).contains(line);
        }
    }

    @Test
    void takenActuatorPort_namesItsPropertyToo(CapturedOutput output) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(catchThrowable(() -> start(
                            GatewayLifeIT.class, "--weft.ingress.management-port=" + taken.getLocalPort())))
                    .isNotNull();
            assertThat(output)
                    .contains("istio-ingressgateway: port " + taken.getLocalPort()
                            + " on 127.0.0.1 is taken; weft.ingress.management-port changes it (0: a free port)");
        }
    }

    private static List<String> causes(Throwable failure) {
        List<String> messages = new ArrayList<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            messages.add(String.valueOf(cause.getMessage()));
        }
        return messages;
    }

    @Test
    void aFreePort_isTheOneOfLastTime() {
        int http = FreePort.next();
        try (ConfigurableApplicationContext first = start(GatewayLifeIT.class, "--weft.ingress.http-port=" + http)) {
            assertThat(first.getBean(GatewayProcess.class).ports()).containsEntry("http-port", http);
        }
        try (ConfigurableApplicationContext second = start(GatewayLifeIT.class)) {
            assertThat(second.getBean(GatewayProcess.class).ports()).containsEntry("http-port", http);
        }
    }

    @Test
    void aLameDuckFinishesWhatItHas_andSaysClose() throws Exception {
        try (Backend backend = new Backend()) {
            ConfigurableApplicationContext gateway =
                    start(GatewayIT.OwnRoutes.class, "--weft.drain-time=3s", "--backend=" + backend.port());
            GatewayProcess process = gateway.getBean(GatewayProcess.class);
            int http = process.ports().get("http-port");
            MeshResources.apply(process.engine(), http, 0, backend.port(), null);
            try (RawHttp mesh = new RawHttp(http);
                    RawHttp spring = new RawHttp(http);
                    RawHttp idle = new RawHttp(http);
                    RawHttp idleToo = new RawHttp(http)) {
                idle.send(get("/direct")).ok();
                idleToo.send(get("/spring/x")).ok();
                int before = backend.calls.get();
                mesh.send(get("/mesh/slow"));
                spring.send(get("/spring/slow"));
                await().until(() -> backend.calls.get() == before + 2);

                CompletableFuture<Void> closing = CompletableFuture.runAsync(gateway::close);
                await().until(() -> gateway.getBeanFactory().getBean(Drain.class).isDraining());
                assertThat(mesh.ok()).isEqualTo("backend:GET /mesh/slow:");
                assertThat(spring.ok()).isEqualTo("backend:GET /spring/slow:");
                RawHttp.Answer last = idle.send(get("/direct")).answer();
                assertThat(last.status()).isEqualTo(200);
                assertThat(RawHttp.field(last.head(), "connection")).isEqualTo("close");
                RawHttp.Answer lastToo = idleToo.send(get("/spring/y")).answer();
                assertThat(lastToo.status()).isEqualTo(200);
                assertThat(RawHttp.field(lastToo.head(), "connection")).isEqualTo("close");
                assertThat(idle.rest() + idleToo.rest()).isEmpty();
                closing.get(20, TimeUnit.SECONDS);
            }
            assertThat(catchThrowable(() -> new Socket("127.0.0.1", http).close())).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whoeverComesWithinTheDrainTimeIsLetIn_evenIfNobodyIsThere() throws Exception {
        try (Backend backend = new Backend()) {
            ConfigurableApplicationContext gateway =
                    start(GatewayIT.OwnRoutes.class, "--weft.drain-time=3s", "--backend=" + backend.port());
            GatewayProcess process = gateway.getBean(GatewayProcess.class);
            int http = process.ports().get("http-port");
            MeshResources.apply(process.engine(), http, 0, backend.port(), null);
            try (RawHttp before = new RawHttp(http)) {
                before.send(get("/direct")).ok();
            }
            await().until(() -> process.engine().connections() == 0);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(gateway::close);
            await().until(() -> gateway.getBeanFactory().getBean(Drain.class).isDraining());
            for (String path : new String[] {"/direct", "/spring/y"}) {
                try (RawHttp late = new RawHttp(http)) {
                    RawHttp.Answer last = late.send(get(path)).answer();
                    assertThat(last.status()).isEqualTo(200);
                    assertThat(RawHttp.field(last.head(), "connection")).isEqualTo("close");
                }
            }
            closing.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void anIdleOneThatOthersKnow_isNotReadyAtOnce_andServesOnForItsDrainTime() throws Exception {
        new LastGood(
                        home.resolve("run/istio-ingressgateway/cache/xds"),
                        "spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account")
                .save(Map.of(
                        ResourceKind.CLUSTER,
                        List.of(new RawResource("a", "1", Any.pack(Cluster.newBuilder().setName("a").build())))));
        ConfigurableApplicationContext gateway = start(GatewayLifeIT.class, "--weft.drain-time=1s");
        await().until(() -> gateway.getBean(GatewayProcess.class).configurationHealth().getStatus().equals(Status.UP));
        assertThat(gateway.getBean(GatewayProcess.class).engine().connections()).isZero();
        long before = System.nanoTime();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(gateway::close);
        await().until(() -> gateway.getBeanFactory().getBean(ApplicationAvailability.class).getReadinessState() == ReadinessState.REFUSING_TRAFFIC);
        closing.get(20, TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void withoutConnections_oneThatNeverWasReadyStopsAtOnce() {
        ConfigurableApplicationContext gateway = start(GatewayLifeIT.class, "--weft.drain-time=1m");
        long before = System.nanoTime();
        gateway.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
    }
}
