package io.weft.sidecar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.sidecar.identity.Pem;
import io.weft.sidecar.identity.TestCa;
import io.weft.sidecar.identity.TestCaServer;
import io.weft.sidecar.testing.AdminClient;
import io.weft.sidecar.testing.AdsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar with a pod's mounts: the kubelet's volumes to read from, two folders to write to, nothing else. */
class PodSidecarTest {

    private static final String REVIEWS = "spiffe://cluster.local/ns/default/sa/reviews";
    private static final String PILOT = "spiffe://cluster.local/ns/istio-system/sa/mesh-pilot";

    @TempDir
    Path pod;

    private final TestCa ca = new TestCa();

    @Test
    void itShowsWhatThePodNeeds_andKeepsItsFilesWhereThePodHasThem() throws Exception {
        project("tokens", "istio-token", "t1");
        project("istio", "root-cert.pem", Pem.encode(List.of(ca.root())));
        Files.createDirectory(pod.resolve("certs"));
        Files.createDirectory(pod.resolve("proxy"));
        try (TestCaServer citadel = new TestCaServer(ca, 0);
                AdsServer pilot = new AdsServer(0, ca.svid(PILOT));
                SidecarApplication sidecar = SidecarApplication.start(arguments(citadel.port(), pilot.port()))) {
            assertThat(AdminClient.get(sidecar.port("ready"), "/healthz/ready")).startsWith("HTTP/1.1 503");
            await().until(() -> Files.exists(pod.resolve("certs/cert-chain.pem")));
            assertThat(citadel.asked).startsWith("Bearer t1");
            assertThat(Files.getPosixFilePermissions(pod.resolve("certs/key.pem").toRealPath())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(Files.readString(pod.resolve("certs/root-cert.pem"))).isEqualTo(Pem.encode(List.of(ca.root())));
            await().until(() -> Files.exists(pod.resolve("proxy/svid.pem")));

            assertThat(AdminClient.get(sidecar.port("metrics"), "/stats/prometheus")).startsWith("HTTP/1.1 200");
            for (String page : List.of("ready", "metrics")) {
                assertThat(AdminClient.get(sidecar.port(page), "/config_dump")).as(page).startsWith("HTTP/1.1 404");
                assertThat(AdminClient.get(sidecar.port(page), "/clusters")).as(page).startsWith("HTTP/1.1 404");
            }
            assertThat(AdminClient.get(sidecar.port("metrics"), "/ready")).startsWith("HTTP/1.1 404");

            await().until(() -> !pilot.deltas.isEmpty());
            var metadata = pilot.deltas.get(0).getNode().getMetadata();
            assertThat(metadata.getFieldsOrThrow("WEFT_METRICS").getStringValue())
                    .isEqualTo("127.0.0.1:" + sidecar.port("metrics") + "/stats/prometheus");
            try (var files = Files.list(pod)) {
                assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrder("tokens", "istio", "certs", "proxy");
            }
        }
    }

    @Test
    void aRootThatTheConfigMapChangesIsTaken() throws Exception {
        project("tokens", "istio-token", "t1");
        project("istio", "root-cert.pem", Pem.encode(List.of(ca.root())));
        TestCa next = new TestCa();
        TestCaServer citadel = new TestCaServer(ca, 0);
        int port = citadel.port();
        try (SidecarApplication sidecar = SidecarApplication.start(arguments(port, 1))) {
            await().until(() -> holds("certs/root-cert.pem", ca.root()));
            citadel.close();
            try (TestCaServer rebuilt = new TestCaServer(next, port)) {
                project("istio", "root-cert.pem", Pem.encode(List.of(next.root())));
                project("tokens", "istio-token", "t2");
                await().atMost(Duration.ofSeconds(30)).until(() -> holds("certs/root-cert.pem", next.root()));
                assertThat(rebuilt.asked).startsWith("Bearer t2");
            }
        }
    }

    private boolean holds(String file, X509Certificate root) throws IOException {
        return Files.exists(pod.resolve(file)) && Files.readString(pod.resolve(file)).equals(Pem.encode(List.of(root)));
    }

    /** What the environment says in a pod, but for ports and places that a machine with others on it has. */
    private String[] arguments(int caPort, int pilotPort) {
        return new String[] {
            "--weft.kubernetes.enabled=true", "--weft.part=reviews-1", "--weft.namespace=default", "--weft.service-account=reviews",
            "--weft.address=127.0.0.1", "--weft.admin-port=0", "--weft.proxy-port=0", "--weft.ready-port=0", "--weft.metrics-port=0",
            "--weft.ca.address=127.0.0.1:" + caPort, "--weft.xds.address=127.0.0.1:" + pilotPort, "--weft.drain-time=0s",
            "--weft.ca.root-cert=" + pod.resolve("istio/root-cert.pem"), "--weft.token-file=" + pod.resolve("tokens/istio-token"),
            "--weft.projected-token=true", "--weft.out-dir=" + pod.resolve("certs"), "--weft.state-dir=" + pod.resolve("proxy")
        };
    }

    /** As the kubelet does it: a folder per version, and one link that is replaced. */
    private void project(String volume, String name, String text) throws IOException {
        Path folder = Files.createDirectories(pod.resolve(volume));
        Path version = Files.createTempDirectory(folder, "..");
        Files.writeString(version.resolve(name), text);
        Files.setPosixFilePermissions(version.resolve(name), PosixFilePermissions.fromString("rw-r--r--"));
        Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), version.getFileName());
        Files.move(next, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (!Files.isSymbolicLink(folder.resolve(name))) {
            Files.createSymbolicLink(folder.resolve(name), Path.of("..data", name));
        }
    }
}
