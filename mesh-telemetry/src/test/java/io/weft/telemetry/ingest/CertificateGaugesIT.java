package io.weft.telemetry.ingest;

import static io.weft.telemetry.RunningTelemetry.PKI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.telemetry.RunningTelemetry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Whoever watches the mesh sees mesh-telemetry's own certificate end before it does. */
@ExtendWith(OutputCaptureExtension.class)
class CertificateGaugesIT {

    private static final String GAUGE = "weft_certificate_expiration_timestamp_seconds";

    @TempDir
    Path home;

    @Test
    void itSaysWhenTheCertificateInForceEnds(CapturedOutput output) throws Exception {
        Path certificates = home.resolve("later");
        try (RunningTelemetry telemetry =
                new RunningTelemetry(home, "weft.telemetry.certs-dir=" + certificates, "weft.telemetry.certs-reload=50ms")) {
            assertThat(end(telemetry, "leaf")).as("none yet").isZero();
            assertThat(end(telemetry, "root")).isZero();

            Instant soon = Instant.now().plus(Duration.ofMinutes(20)).truncatedTo(ChronoUnit.SECONDS);
            PKI.write(certificates, PKI.ending("istio-system", "mesh-telemetry", soon));
            await().until(() -> end(telemetry, "leaf") == soon.getEpochSecond());
            assertThat(end(telemetry, "root")).isEqualTo(PKI.root().getNotAfter().toInstant().getEpochSecond());

            Instant later = soon.plus(Duration.ofMinutes(10));
            PKI.write(certificates, PKI.ending("istio-system", "mesh-telemetry", later));
            await().until(() -> end(telemetry, "leaf") == later.getEpochSecond());

            Files.writeString(certificates.resolve("cert-chain.pem"), "torn");
            await().until(() -> output.getAll().contains("does not hold a usable certificate"));
            assertThat(end(telemetry, "leaf")).as("the last good one is in force").isEqualTo(later.getEpochSecond());
        }
    }

    @Test
    void withoutATlsPort_thereIsNothingToSay() {
        try (RunningTelemetry telemetry = new RunningTelemetry(home, "weft.telemetry.tls-port=-1")) {
            assertThat(telemetry.get("/actuator/prometheus").body()).contains("weft_telemetry_kept").doesNotContain(GAUGE);
        }
    }

    private static long end(RunningTelemetry telemetry, String certificate) {
        String series = GAUGE + "{certificate=\"" + certificate + "\"} ";
        return telemetry.get("/actuator/prometheus").body().lines()
                .filter(line -> line.startsWith(series))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + series));
    }
}
