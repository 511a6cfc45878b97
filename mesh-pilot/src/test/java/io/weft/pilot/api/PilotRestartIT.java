package io.weft.pilot.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

@ExtendWith(OutputCaptureExtension.class)
class PilotRestartIT {

    private static final String PATH = "/apis/networking.istio.io/v1/namespaces/default/virtualservices/reviews";

    @TempDir
    Path home;

    @Test
    void restart_keepsCreationTimesVersions_andTheLastGoodOfABrokenFile() throws Exception {
        JsonNode before;
        try (PilotClient pilot = new PilotClient(home)) {
            before = pilot.putYaml(PATH, ConfigApiIT.service("reviews", "1s")).json();
        }
        Files.writeString(home.resolve("config/virtualservices.default.reviews.yaml"), "kind: [broken");
        try (PilotClient pilot = new PilotClient(home)) {
            assertThat(pilot.get(PATH).json()).isEqualTo(before);
            assertThat(pilot.get("/weft/v1/errors").json().size()).isEqualTo(1);
        }
    }

    @Test
    void twoPilotsInOneJvm_doNotTakeEachOtherDown() throws Exception {
        PilotClient first = new PilotClient(home.resolve("first"));
        try (PilotClient second = new PilotClient(home.resolve("second"))) {
            first.close();
            assertThat(second.get("/weft/v1/errors").status()).isEqualTo(200);
        }
    }

    @Test
    void takenPort_isAClearFailure(CapturedOutput output) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = "--weft.pilot.http-port=" + taken.getLocalPort();
            assertThatThrownBy(() -> new PilotClient(home, port)).hasRootCauseInstanceOf(IOException.class);
            assertThat(output.toString())
                    .contains("mesh-pilot: port " + taken.getLocalPort() + " is taken")
                    .contains("weft.pilot.http-port");
        }
    }
}
