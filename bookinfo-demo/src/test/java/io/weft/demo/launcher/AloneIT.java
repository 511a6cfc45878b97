package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.ca.CaApplication;
import io.weft.demo.app.DemoApp;
import io.weft.demo.ratings.RatingsApplication;
import io.weft.gateway.GatewayApplication;
import io.weft.pilot.FreePort;
import io.weft.pilot.PilotApplication;
import io.weft.sidecar.bootstrap.SidecarApplication;
import io.weft.telemetry.TelemetryApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each module as a process of its own, as docs/modules.md has it: says what it waits for, is not ready, ends at Ctrl-C, and explains a taken port. */
@Timeout(180)
class AloneIT {

    private static final HttpClient http = HttpClient.newHttpClient();

    /** A module with its own health port, as its line in docs/modules.md starts it. */
    enum Module {
        CA(CaApplication.class, "ca", "weft.ca.http-port", "/actuator/health/readiness", "waiting for %s/tokens/jwks.json", "--weft.ca.grpc-port=0"),
        PILOT(
                PilotApplication.class,
                "pilot",
                "weft.pilot.http-port",
                "/actuator/health/readiness",
                "waiting for %s/run/mesh-pilot/certs/cert-chain.pem",
                "--weft.pilot.xds.plaintext-port=0",
                "--weft.pilot.xds.tls-port=0"),
        INGRESS(
                GatewayApplication.class,
                "gateway",
                "weft.ingress.management-port",
                "/actuator/health/readiness",
                "waiting for the mesh's root certificate at %s/ca/root-cert.pem",
                "--weft.ingress.http-port=0",
                "--weft.ingress.https-port=0"),
        EGRESS(
                GatewayApplication.class,
                "gateway",
                "weft.egress.management-port",
                "/actuator/health/readiness",
                "waiting for the mesh's root certificate at %s/ca/root-cert.pem",
                "--weft.role=egress"),
        SPRING_SIDECAR(
                GatewayApplication.class,
                "gateway",
                "weft.sidecar.management-port",
                "/actuator/health/readiness",
                "waiting for the mesh's root certificate at %s/ca/root-cert.pem",
                "--weft.role=sidecar",
                "--weft.part=reviews-v1",
                "--weft.service-account=bookinfo-reviews",
                "--weft.app.ports=9080:1"),
        TELEMETRY(
                TelemetryApplication.class,
                "telemetry",
                "weft.telemetry.http-port",
                "/actuator/health/readiness",
                "waiting for %s/run/mesh-telemetry/certs",
                "--weft.telemetry.plaintext-port=0",
                "--weft.telemetry.tls-port=0",
                "--weft.pilot.address=http://127.0.0.1:1"),
        SIDECAR(
                SidecarApplication.class,
                "",
                "weft.admin-port",
                "/ready",
                "waiting for the mesh's root certificate at %s/ca/root-cert.pem",
                "--weft.part=reviews-v1",
                "--weft.service-account=bookinfo-reviews",
                "--weft.app.ports=9080:1"),
        APP(RatingsApplication.class, "app", "server.port", "/health", "");

        private final Class<?> main;
        private final String kind;
        private final String port;
        private final String health;
        private final String waits;
        private final List<String> args;

        Module(Class<?> main, String kind, String port, String health, String waits, String... args) {
            this.main = main;
            this.kind = kind;
            this.port = port;
            this.health = health;
            this.waits = waits;
            this.args = List.of(args);
        }

        Child start(Path home, int healthPort) throws IOException {
            List<String> all = new ArrayList<>(args);
            if (this != APP) {
                all.add("--weft.home=" + home);
            }
            all.add("--" + port + "=" + healthPort);
            // Here all modules are on one class path; by its own line each has only its own.
            return Child.start("alone-" + name(), main, kind.isEmpty() ? List.of() : List.of("-D" + DemoApp.PART_KIND + "=" + kind), all);
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysWhatItWaitsFor_isNotReady_andEndsAtCtrlC(Module module, @TempDir Path home) throws Exception {
        int port = FreePort.next();
        try (Child child = module.start(home, port)) {
            String waits = module.waits.formatted(home);
            child.awaitOutput(waits);
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(200))
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> {
                        HttpResponse<String> health = http.send(get(port, module.health), HttpResponse.BodyHandlers.ofString());
                        assertThat(health.body()).contains(waits);
                        assertThat(health.statusCode()).as(health.body()).isEqualTo(waits.isEmpty() ? 200 : 503);
                    });
            long begin = System.nanoTime();
            assertThat(child.stopBy("INT")).isEqualTo(130);
            // It takes 0.5 s.
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
            assertThat(child.output()).doesNotContain("\tat ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void takenPort_isSaidWithThePropertyThatChangesIt(Module module, @TempDir Path home) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Child child = module.start(home, taken.getLocalPort())) {
            assertThat(child.awaitEnd(Duration.ofSeconds(60))).isEqualTo(1);
            assertThat(child.output())
                    .containsIgnoringCase("port " + taken.getLocalPort())
                    .contains(module.port)
                    .doesNotContain("\tat ");
        }
    }

    private static HttpRequest get(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    }
}
