package io.weft.demo.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.demo.e2e.Certificates;
import io.weft.demo.e2e.Http;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The parts of the control plane are killed and come back. Who asks the mesh for something does not notice. */
@Order(SurvivingMesh.ORDER)
@Timeout(600)
class ControlPlaneDeathIT {

    private static final String PILOT = "mesh-pilot";
    private static final String CA = "mesh-ca";
    private static final String TELEMETRY = "mesh-telemetry";

    private final SurvivingMesh mesh = SurvivingMesh.shared();

    @AfterEach
    void nobodyLostABuffer() {
        mesh.assertNoLeak();
    }

    @Test
    void pilotIsKilled() throws Exception {
        survives(PILOT);
    }

    @Test
    void theAuthorityIsKilled() throws Exception {
        survives(CA);
    }

    @Test
    void telemetryIsKilled() throws Exception {
        survives(TELEMETRY);
    }

    @Test
    void allThreeAreKilledAtOnce() throws Exception {
        survives(PILOT, CA, TELEMETRY);
    }

    private void survives(String... parts) throws Exception {
        try (Load load = Load.on(mesh, "SIGKILL of " + String.join(", ", parts))) {
            load.awaitMore(300);
            for (String part : parts) {
                load.mark("kill " + part);
                mesh.kill(part);
            }
            for (String part : List.of(parts)) {
                awaitReturn(part);
                load.mark(part + " is back");
            }
            load.assertNoneFailed();
        }
    }

    /** Back is who does its work again. */
    private void awaitReturn(String part) throws Exception {
        switch (part) {
            case PILOT -> {
                mesh.awaitReady("weft.pilot.http-port");
                mesh.awaitAllSynced();
                try (Probe probe = new Probe(mesh)) {
                    probe.push();
                    probe.awaitInForce();
                }
            }
            case CA -> {
                mesh.awaitReady("weft.ca.http-port");
                try (Certificates issued = Certificates.of(mesh.mesh(), "after-death-" + mesh.pid(CA), "default", "httpbin")) {
                    assertThat(issued.chain()).exists();
                }
            }
            default -> {
                mesh.awaitReady("weft.telemetry.http-port");
                // Its memory is its own: whatever is there was reported since.
                mesh.patiently().untilAsserted(() -> {
                    assertThat(Http.get(mesh.mesh().telemetry("/weft/v1/logs?limit=1")).body()).contains("\"requestId\"");
                    assertThat(Http.get(mesh.mesh().telemetry("/weft/v1/graph")).body()).contains("productpage-v1.default");
                });
            }
        }
    }
}
