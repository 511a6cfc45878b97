package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Ctrl-C and {@code kill} on a launcher as a process: everything ends, in its order, and nothing is left. */
class StopIT {

    private static final List<String> PORTS = List.of(
            LauncherSettings.CA_GRPC,
            LauncherSettings.CA_HTTP,
            LauncherSettings.PILOT_HTTP,
            LauncherSettings.XDS_PLAINTEXT,
            LauncherSettings.XDS_TLS,
            LauncherSettings.TELEMETRY_HTTP,
            LauncherSettings.TELEMETRY_PLAINTEXT,
            LauncherSettings.TELEMETRY_TLS,
            LauncherSettings.INGRESS_HTTP,
            LauncherSettings.INGRESS_HTTPS,
            LauncherSettings.INGRESS_MANAGEMENT);

    private final List<Integer> ports = new ArrayList<>();
    private Path home;
    private Child launcher;

    @BeforeEach
    void start(TestInfo test) throws IOException {
        String name = "stop-" + test.getTestMethod().orElseThrow().getName();
        home = Files.createTempDirectory(Files.createDirectories(Path.of("target").toAbsolutePath()), name);
        List<String> options = new ArrayList<>();
        options.add("-Dweft.home=" + home);
        for (String property : PORTS) {
            int free = FreePort.next();
            ports.add(free);
            options.add("-D" + property + "=" + free);
        }
        launcher = Child.start("launcher-" + name, LauncherApplication.class, options, List.of());
    }

    @AfterEach
    void end() throws Exception {
        launcher.close();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void ctrlC_underTraffic_stopsTheEdgeFirst_thenEverythingInTheReverseOrder() throws Exception {
        launcher.awaitOutput("Weft is ready");
        List<Integer> all = new ArrayList<>(ports);
        all.add(portIn("productpage-v1", "proxy-address"));
        all.add(portIn("httpbin-v1", "admin-address"));
        all.add(portIn("reviews-v2", "app-port"));

        int ingress = ports.get(PORTS.indexOf(LauncherSettings.INGRESS_HTTP));
        try (Visitors visitors = new Visitors(URI.create("http://127.0.0.1:" + ingress + "/productpage"), 4)) {
            visitors.awaitServed(50);
            visitors.forgive();
            assertThat(launcher.stopBy("INT")).isEqualTo(130);
            assertThat(visitors.errors()).as("answers to those who were there when it stopped").isEmpty();
        }

        List<String> stopped = stopped();
        assertThat(stopped).hasSize(2 * Workload.ALL.size() + 8);
        assertThat(stopped).startsWith(Account.INGRESS.part());
        assertThat(stopped).containsSubsequence("mesh-telemetry", "mesh-pilot", "mesh-pilot agent", "mesh-ca");
        for (Workload workload : Workload.ALL) {
            assertThat(stopped).containsSubsequence(workload.name() + Summary.SIDECAR, Account.EGRESS.part(), "mesh-pilot");
            assertThat(stopped).containsSubsequence(workload.name() + Summary.SIDECAR, workload.name());
        }
        assertNothingIsLeft(all);
        assertThat(launcher.output()).doesNotContain("did not stop cleanly", "\tat ");
    }

    @Test
    void killWhileItStarts_stopsWhatHadBegun() throws Exception {
        launcher.awaitOutput("mesh-pilot agent");

        assertThat(launcher.stopBy("TERM")).isEqualTo(143);

        assertThat(launcher.output()).doesNotContain("Weft is ready", "did not stop cleanly");
        assertThat(stopped()).contains("mesh-ca", "httpbin-external");
        assertNothingIsLeft(ports);
    }

    private void assertNothingIsLeft(List<Integer> used) throws IOException {
        assertThat(launcher.hasDescendants()).isFalse();
        for (int port : used) {
            ServerSocket again = new ServerSocket();
            try (again) {
                again.setReuseAddress(true);
                again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            }
        }
        try (Stream<Path> files = Files.walk(home)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).noneMatch(name -> name.endsWith(".tmp") || name.endsWith(".seeding"));
        }
    }

    /** Who said that it stopped, in that order. */
    private List<String> stopped() {
        return read(home.resolve("logs").resolve("weft.log"))
                .lines()
                .filter(line -> line.contains(StartedParts.class.getSimpleName() + ": ") && line.endsWith(" stopped"))
                .map(line -> line.substring(line.lastIndexOf(": ") + 2, line.length() - " stopped".length()))
                .toList();
    }

    private int portIn(String workload, String file) {
        String address = read(home.resolve("run").resolve(workload).resolve(file)).strip();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
