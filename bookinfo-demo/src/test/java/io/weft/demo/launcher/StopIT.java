package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Ctrl-C and {@code kill} on a launcher as a process: everything ends, in its order, and nothing is left. */
class StopIT {

    private static final Duration START = Duration.ofSeconds(120);

    /** It takes 3 s; the rest is for a machine that does more than this. */
    private static final Duration STOP = Duration.ofSeconds(20);

    private static final List<String> PORTS = List.of(
            LauncherSettings.CA_GRPC,
            LauncherSettings.CA_HTTP,
            LauncherSettings.PILOT_HTTP,
            LauncherSettings.XDS_PLAINTEXT,
            LauncherSettings.XDS_TLS,
            LauncherSettings.INGRESS_HTTP,
            LauncherSettings.INGRESS_HTTPS,
            LauncherSettings.INGRESS_MANAGEMENT);

    private final List<Integer> ports = new ArrayList<>();
    private Path home;
    private Path output;
    private Process launcher;

    @BeforeEach
    void start(TestInfo test) throws IOException {
        Path target = Path.of("target").toAbsolutePath();
        String name = "stop-" + test.getTestMethod().orElseThrow().getName();
        home = Files.createTempDirectory(Files.createDirectories(target), name);
        // The build looks for leaks in the .txt files there.
        output = Files.createDirectories(target.resolve("failsafe-reports")).resolve("launcher-" + name + "-output.txt");
        List<String> command = new ArrayList<>(interruptible());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dio.netty.leakDetection.level=paranoid",
                "-Dweft.home=" + home));
        List<ServerSocket> held = new ArrayList<>();
        for (String property : PORTS) {
            ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            held.add(free);
            ports.add(free.getLocalPort());
            command.add("-D" + property + "=" + free.getLocalPort());
        }
        for (ServerSocket each : held) {
            each.close();
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), LauncherApplication.class.getName()));
        launcher = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** A build that runs in the background ignores SIGINT, and so would its children. */
    private static List<String> interruptible() throws IOException {
        List<String> env = List.of("env", "--default-signal=INT");
        List<String> trial = new ArrayList<>(env);
        trial.add("true");
        try {
            return new ProcessBuilder(trial).start().waitFor() == 0 ? env : List.of();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    @AfterEach
    void end() throws Exception {
        launcher.destroyForcibly().waitFor();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void ctrlC_stopsEverythingInTheReverseOrder() throws Exception {
        awaitOutput("Weft is ready");
        List<Integer> all = new ArrayList<>(ports);
        all.add(portIn("productpage-v1", "proxy-address"));
        all.add(portIn("httpbin-v1", "admin-address"));
        all.add(portIn("reviews-v2", "app-port"));

        assertThat(stopBy("INT")).isEqualTo(130);

        List<String> stopped = stopped();
        assertThat(stopped).hasSize(2 * Workload.ALL.size() + 6);
        assertThat(stopped).containsSubsequence("mesh-pilot", "mesh-pilot agent", "mesh-ca");
        assertThat(stopped).containsSubsequence(Account.INGRESS.part(), "mesh-pilot");
        for (Workload workload : Workload.ALL) {
            assertThat(stopped).containsSubsequence(workload.name() + Summary.SIDECAR, "mesh-pilot");
            assertThat(stopped).containsSubsequence(workload.name() + Summary.SIDECAR, workload.name());
        }
        assertNothingIsLeft(all);
        assertThat(read(output)).doesNotContain("did not stop cleanly", "\tat ");
    }

    @Test
    void killWhileItStarts_stopsWhatHadBegun() throws Exception {
        awaitOutput("mesh-pilot agent");

        assertThat(stopBy("TERM")).isEqualTo(143);

        assertThat(read(output)).doesNotContain("Weft is ready", "did not stop cleanly");
        assertThat(stopped()).contains("mesh-ca", "httpbin-external");
        assertNothingIsLeft(ports);
    }

    private int stopBy(String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(launcher.pid())).start().waitFor()).isZero();
        assertThat(launcher.waitFor(STOP.toSeconds(), TimeUnit.SECONDS))
                .as("it ends within %s; its output:%n%s", STOP, read(output))
                .isTrue();
        return launcher.exitValue();
    }

    private void assertNothingIsLeft(List<Integer> used) throws IOException {
        assertThat(launcher.descendants()).isEmpty();
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

    private void awaitOutput(String text) {
        await().atMost(START)
                .pollInterval(Duration.ofMillis(100))
                .failFast(() -> assertThat(launcher.isAlive()).as("the launcher runs; its output:%n%s", read(output)).isTrue())
                .untilAsserted(() -> assertThat(read(output)).contains(text));
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
