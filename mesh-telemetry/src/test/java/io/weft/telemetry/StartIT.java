package io.weft.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Starting: what is waited for, and what is in the way. */
@ExtendWith(OutputCaptureExtension.class)
class StartIT {

    @TempDir
    Path home;

    @Test
    void itIsReady_onceItHasTargetsAndACertificate() {
        Path certificates = home.resolve("later");
        try (RunningTelemetry telemetry = new RunningTelemetry(
                home, "weft.telemetry.certs-dir=" + certificates, "weft.telemetry.certs-reload=50ms", "weft.pilot.address=http://127.0.0.1:1")) {
            await().untilAsserted(() -> assertThat(telemetry.get("/actuator/health/readiness").body())
                    .contains("waiting for " + certificates.resolve("cert-chain.pem"))
                    .contains("the targets: http://127.0.0.1:1/weft/v1/targets: connection refused"));
            assertThat(telemetry.get("/actuator/health/readiness").statusCode()).isEqualTo(503);
            assertThat(telemetry.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        }
        try (RunningTelemetry telemetry = new RunningTelemetry(
                home, "weft.telemetry.certs-dir=" + certificates, "weft.telemetry.certs-reload=50ms")) {
            assertThat(telemetry.get("/actuator/health/readiness").statusCode()).isEqualTo(503);
            RunningTelemetry.PKI.write(certificates, "istio-system", "mesh-telemetry");
            telemetry.isReady();
        }
    }

    @Test
    void withoutPilot_configuredTargetsAreEnough() {
        try (FakeServer ca = new FakeServer()) {
            ca.page("/actuator/prometheus", "up 1\n");
            try (RunningTelemetry telemetry = new RunningTelemetry(
                    home, "weft.pilot.address=", "weft.telemetry.scrape.targets=" + ca.url() + "/actuator/prometheus")) {
                telemetry.isReady();
                assertThat(telemetry.json("/weft/v1/status").path("targets").path("items").path(0).path("up").asBoolean()).isTrue();
                assertThat(telemetry.get("/weft/v1/proxies").body()).contains("weft.pilot.address is empty");
            }
        }
    }

    @Test
    void aTakenPort_isOneClearLine(CapturedOutput output) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (String property : new String[] {"weft.telemetry.http-port", "weft.telemetry.plaintext-port", "weft.telemetry.tls-port"}) {
                assertThatThrownBy(() -> new RunningTelemetry(home, property + "=" + taken.getLocalPort())).isNotNull();
                assertThat(output.getAll())
                        .contains("mesh-telemetry: port " + taken.getLocalPort() + " is taken")
                        .contains("Set " + property + " to another port");
            }
            assertThat(output.getAll()).doesNotContain("at io.weft.telemetry");
        }
    }
}
