package io.weft.pilot.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.pilot.TestPki;
import io.weft.pilot.api.PilotClient;
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

/** Whoever watches the mesh sees mesh-pilot's own certificate end before it does. */
@ExtendWith(OutputCaptureExtension.class)
class CertificateGaugesIT {

    private static final TestPki PKI = TestPki.create("cluster.local");
    private static final String GAUGE = "weft_certificate_expiration_timestamp_seconds";

    @TempDir
    Path home;

    @Test
    void itSaysWhenTheCertificateInForceEnds(CapturedOutput output) throws Exception {
        Path certificates = home.resolve("certs");
        try (PilotClient pilot = new PilotClient(
                home, "--weft.pilot.xds.tls-port=0", "--weft.pilot.xds.certificates=" + certificates, "--weft.pilot.xds.certificates-reload=50ms")) {
            assertThat(end(pilot, "leaf")).as("none yet").isZero();
            assertThat(end(pilot, "root")).isZero();

            Instant soon = Instant.now().plus(Duration.ofMinutes(20)).truncatedTo(ChronoUnit.SECONDS);
            PKI.write(certificates, PKI.ending("istio-system", "mesh-pilot", soon));
            await().until(() -> end(pilot, "leaf") == soon.getEpochSecond());
            assertThat(end(pilot, "root")).isEqualTo(PKI.root().getNotAfter().toInstant().getEpochSecond());

            Instant later = soon.plus(Duration.ofMinutes(10));
            PKI.write(certificates, PKI.ending("istio-system", "mesh-pilot", later));
            await().until(() -> end(pilot, "leaf") == later.getEpochSecond());

            Files.writeString(certificates.resolve("cert-chain.pem"), "torn");
            await().until(() -> output.getAll().contains("does not hold a usable certificate"));
            assertThat(end(pilot, "leaf")).as("the last good one is in force").isEqualTo(later.getEpochSecond());
        }
    }

    @Test
    void withoutATlsPort_thereIsNothingToSay() throws Exception {
        try (PilotClient pilot = new PilotClient(home, "--weft.pilot.xds.tls-port=-1")) {
            assertThat(pilot.get("/actuator/prometheus").text()).contains("pilot_xds ").doesNotContain(GAUGE);
        }
    }

    private static long end(PilotClient pilot, String certificate) throws Exception {
        String series = GAUGE + "{certificate=\"" + certificate + "\"} ";
        return pilot.get("/actuator/prometheus").text().lines()
                .filter(line -> line.startsWith(series))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + series));
    }
}
