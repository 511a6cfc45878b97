package io.weft.demo.survive;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Proxies that start while the control plane is away: with what they kept, with what was spoilt meanwhile, with nothing. Nobody else notices. */
@Order(SurvivingMesh.ORDER)
@Timeout(600)
class SidecarAloneIT {

    private static final String WORKLOAD = "httpbin-v1";
    private static final String SIDECAR = WORKLOAD + " sidecar";
    private static final String TARGET = "http://httpbin:8000/get";
    private static final String GATEWAY = "istio-egressgateway";
    private static final String BEHIND_GATEWAY = "http://httpbin.external.example/get";

    private final SurvivingMesh mesh = SurvivingMesh.shared();
    private int saidBefore;

    @AfterEach
    void nobodyLostABuffer() {
        mesh.assertNoLeak();
    }

    @Test
    void aSidecarWithoutItsControlPlane() throws Exception {
        try (Load load = Load.on(mesh, "sidecars start while the control plane is away")) {
            load.awaitMore(300);
            try (Away away = new Away()) {
                load.mark("the control plane goes");
                away.keep(mesh, "mesh-pilot", "weft.pilot.xds.tls-port");
                away.keep(mesh, "mesh-ca", "weft.ca.grpc-port");

                load.mark("a sidecar and a gateway are killed that have what they kept");
                long gateway = mesh.kill(GATEWAY);
                restart();
                mesh.awaitSuccessor(GATEWAY, gateway);
                serveWhatTheyKept();

                load.mark("its configuration on disk is spoilt");
                spoil("xds.bin");
                restart();
                saysThatItHasNone("mesh-pilot", "xds.bin");

                load.mark("its certificate on disk is spoilt");
                spoil("svid.pem");
                restart();
                saysThatItHasNone("its certificate", "svid.pem");

                load.mark("it has kept nothing");
                deleteAll(mesh.cache(WORKLOAD));
                restart();
                saysThatItHasNone("its certificate", "");
                load.awaitMore(300);
            }
            load.mark("the control plane may come back");
            mesh.awaitReady("weft.pilot.http-port");
            mesh.awaitReady("weft.ca.http-port");
            mesh.awaitAllSynced();
            mesh.patiently().untilAsserted(() -> {
                assertThat(mesh.readiness(WORKLOAD).statusCode()).isEqualTo(200);
                assertThat(mesh.ask("productpage-v1", TARGET).statusCode()).isEqualTo(200);
            });
            load.assertNoneFailed();
        }
    }

    private void restart() {
        saidBefore = mesh.log(SIDECAR).length();
        mesh.killAndAwaitSuccessor(SIDECAR);
    }

    private void serveWhatTheyKept() {
        mesh.patiently().untilAsserted(() -> {
            assertThat(mesh.readiness(WORKLOAD).statusCode()).isEqualTo(200);
            assertThat(mesh.ask("productpage-v1", TARGET).statusCode()).as("to it, by mutual TLS").isEqualTo(200);
            assertThat(mesh.ask(WORKLOAD, "http://details:9080/details/0").statusCode()).as("from it").isEqualTo(200);
            assertThat(mesh.ask("productpage-v1", BEHIND_GATEWAY).statusCode()).as("through the gateway").isEqualTo(200);
        });
        assertThat(mesh.info(WORKLOAD)).contains("of the last run, from disk");
    }

    /** It runs, says what it has not, and who asks it gets an answer of its own. */
    private void saysThatItHasNone(String what, String file) {
        long pid = mesh.pid(SIDECAR);
        mesh.patiently().untilAsserted(() -> {
            HttpResponse<String> readiness = mesh.readiness(WORKLOAD);
            assertThat(readiness.statusCode()).as(readiness.body()).isEqualTo(503);
            assertThat(readiness.body()).contains(what);
            assertThat(mesh.ask("productpage-v1", TARGET).statusCode()).isEqualTo(503);
            if (!file.isEmpty()) {
                assertThat(mesh.log(SIDECAR).substring(saidBefore)).contains(file);
            }
        });
        assertThat(mesh.pid(SIDECAR)).as("it has not crashed").isEqualTo(pid);
    }

    private void spoil(String file) throws Exception {
        Path path = mesh.cache(WORKLOAD).resolve(file);
        byte[] bytes = Files.readAllBytes(path);
        for (int i = bytes.length / 3; i < bytes.length / 2; i++) {
            bytes[i] ^= 0x55;
        }
        Files.write(path, bytes);
    }

    private static void deleteAll(Path folder) throws Exception {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted((a, b) -> b.compareTo(a)).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
