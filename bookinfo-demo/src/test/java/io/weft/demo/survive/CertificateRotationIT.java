package io.weft.demo.survive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Certificates that live for twenty seconds and are renewed at half of that, everybody's, under load. */
@Order(SurvivingMesh.ORDER)
@Timeout(600)
class CertificateRotationIT {

    private static final String CA = "mesh-ca";
    private static final List<String> PARTS = Stream.concat(
                    Stream.of("mesh-pilot agent", "mesh-telemetry agent", "istio-ingressgateway", "istio-egressgateway"),
                    Stream.of("productpage-v1", "details-v1", "reviews-v1", "reviews-v2", "reviews-v3", "ratings-v1", "httpbin-v1")
                            .map(workload -> workload + " sidecar"))
            .toList();
    private static final String ISSUED = "certificate for ";
    private static final String VALID = " valid until ";
    private static final int ROTATIONS = 3;

    private final SurvivingMesh mesh = SurvivingMesh.shared();

    @AfterEach
    void nobodyLostABuffer() {
        mesh.assertNoLeak();
    }

    @Test
    void certificatesAreRotatedEveryTenSeconds() throws Exception {
        Path settings = mesh.settings().resolve("mesh-ca.yml");
        Path roots = mesh.mesh().home().resolve("ca/root-cert.pem");
        String root = Files.readString(roots);
        Files.writeString(settings, "weft.ca.workload-cert-ttl: 20s\n");
        try {
            restartAuthority();
            try (Load load = Load.on(mesh, "certificates rotated every 10 s")) {
                load.awaitMore(300);
                Map<String, Integer> before = issued();
                // A change of the trust anchors makes everybody ask again, so the first short ones come now and not tomorrow.
                load.mark("new trust anchors");
                replace(roots, root + root);
                awaitIssued(before, 1);
                load.mark("everybody has a certificate for 20 s");
                awaitIssued(before, 1 + ROTATIONS);
                load.mark("everybody has rotated " + ROTATIONS + " times");
                load.assertNoneFailed();
            }
        } finally {
            Files.delete(settings);
            restartAuthority();
            replace(roots, root);
            awaitLongCertificates();
        }
    }

    private void restartAuthority() {
        mesh.killAndAwaitSuccessor(CA);
        mesh.awaitReady("weft.ca.http-port");
    }

    /** Whole or not at all, as every writer of trust anchors has to. */
    private static void replace(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling("root-cert.pem.new");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Map<String, Integer> issued() {
        Map<String, Integer> issued = new TreeMap<>();
        for (String part : PARTS) {
            issued.put(part, (int) issues(part).count());
        }
        return issued;
    }

    private Stream<String> issues(String part) {
        return mesh.log(part).lines().filter(line -> line.contains(ISSUED) && line.contains(VALID));
    }

    private void awaitIssued(Map<String, Integer> before, int more) {
        mesh.patiently().untilAsserted(() -> assertThat(issued())
                .allSatisfy((part, count) -> assertThat(count).as(part).isGreaterThanOrEqualTo(before.get(part) + more)));
    }

    /** Of every part, those of pilot's streams too, which end with the certificate they were opened with: the next scenario may take the CA away. */
    private void awaitLongCertificates() {
        mesh.patiently().untilAsserted(() -> {
            Instant inAnHour = Instant.now().plus(Duration.ofHours(1));
            assertThat(PARTS).allSatisfy(part -> assertThat(validUntil(part)).isAfter(inAnHour));
            JsonNode proxies = mesh.proxies();
            assertThat(proxies.size()).as("proxies of %s", proxies).isEqualTo(SurvivingMesh.PROXIES);
            for (JsonNode proxy : proxies) {
                assertThat(Instant.parse(proxy.path("certificateExpires").asString()))
                        .as(proxy.path("workload").asString())
                        .isAfter(inAnHour);
            }
        });
        mesh.awaitAllSynced();
    }

    /** Of the certificate that a part got last, as its log has it. */
    private Instant validUntil(String part) {
        List<String> issued = issues(part).toList();
        String last = issued.get(issued.size() - 1);
        return Instant.parse(last.substring(last.indexOf(VALID) + VALID.length()).strip());
    }
}
