package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.pilot.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A running mesh: the launcher as a process, on free ports and in a home of its own.
 *
 * <p>{@link #shared()} is started once for all end-to-end tests of a run and stopped with the JVM.
 */
public final class Mesh implements AutoCloseable {

    static final Duration START = Duration.ofSeconds(120);
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private static final List<String> PORTS = List.of(
            "weft.pilot.http-port",
            "weft.pilot.xds.plaintext-port",
            "weft.pilot.xds.tls-port",
            "weft.ca.grpc-port",
            "weft.ca.http-port",
            "weft.telemetry.http-port",
            "weft.telemetry.plaintext-port",
            "weft.telemetry.tls-port",
            "weft.ingress.http-port",
            "weft.ingress.https-port",
            "weft.ingress.management-port",
            "weft.egress.management-port");

    private final ProcessBuilder builder;
    private final Process process;
    private final Path home;
    private final Path log;
    private final Map<String, Integer> ports;

    private Mesh(ProcessBuilder builder, Process process, Path home, Path log, Map<String, Integer> ports) {
        this.builder = builder;
        this.process = process;
        this.home = home;
        this.log = log;
        this.ports = ports;
    }

    /** The mesh that the tests of this run share. A test that changes its configuration restores it. */
    static Mesh shared() {
        return Shared.MESH;
    }

    private static final class Shared {
        static final Mesh MESH = startShared();

        private static Mesh startShared() {
            Mesh mesh = start(target().resolve("e2e-home"), freePorts());
            Runtime.getRuntime().addShutdownHook(new Thread(mesh::close, "stop-mesh"));
            mesh.awaitReady();
            return mesh;
        }
    }

    /** Starts a launcher and returns at once. */
    static Mesh start(Path home, Map<String, Integer> ports, String... more) {
        return start(home, ports, Map.of(), more);
    }

    /**
     * Starts a launcher and returns at once.
     *
     * @param environment added to this process'
     * @param more options of its JVM
     */
    public static Mesh start(Path home, Map<String, Integer> ports, Map<String, String> environment, String... more) {
        try {
            delete(home);
            Path reports = Files.createDirectories(target().resolve("failsafe-reports"));
            // Under failsafe-reports and named .txt: the build looks for leaks there.
            Path log = reports.resolve("launcher-" + home.getFileName() + "-output.txt");
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Dio.netty.leakDetection.level=paranoid",
                    "-Dweft.home=" + home));
            ports.forEach((property, port) -> command.add("-D" + property + "=" + port));
            command.addAll(List.of(more));
            command.addAll(List.of("-cp", classPath(), "io.weft.demo.launcher.LauncherApplication"));
            ProcessBuilder builder = new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true);
            builder.environment().putAll(environment);
            return start(builder, home, log, ports);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Mesh start(ProcessBuilder builder, Path home, Path log, Map<String, Integer> ports) throws IOException {
        return new Mesh(builder, builder.redirectOutput(log.toFile()).start(), home, log, ports);
    }

    /** Starts the launcher again that has ended, with what it left in its home, and returns at once. */
    public Mesh again() throws IOException {
        return start(builder, home, log.resolveSibling("again-" + log.getFileName()), ports);
    }

    /** The test class path without this module's test classes: what a user's launcher runs on. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(System.getProperty("path.separator")))
                .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("-tests.jar"))
                .reduce((a, b) -> a + System.getProperty("path.separator") + b)
                .orElseThrow();
    }

    public static Map<String, Integer> freePorts() {
        Map<String, Integer> free = new LinkedHashMap<>();
        for (String property : PORTS) {
            free.put(property, FreePort.next());
        }
        return free;
    }

    public void awaitReady() {
        awaitReady(START);
    }

    public void awaitReady(Duration atMost) {
        awaitOutput("Weft is ready", atMost);
    }

    /** Waits for a text in what it writes. */
    public void awaitOutput(String text, Duration atMost) {
        await().atMost(atMost)
                .pollInterval(Duration.ofMillis(200))
                .failFast(() -> assertThat(process.isAlive()).as("launcher is alive; its output:%n%s", output()).isTrue())
                .untilAsserted(() -> assertThat(output()).contains(text));
    }

    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port(String property) {
        return ports.get(property);
    }

    /** All that it was told at its start. */
    public Collection<Integer> ports() {
        return ports.values();
    }

    public Path home() {
        return home;
    }

    public Process process() {
        return process;
    }

    public String ingress(String path) {
        return "http://127.0.0.1:" + port("weft.ingress.http-port") + path;
    }

    public String pilot(String path) {
        return "http://127.0.0.1:" + port("weft.pilot.http-port") + path;
    }

    public String telemetry(String path) {
        return "http://127.0.0.1:" + port("weft.telemetry.http-port") + path;
    }

    /** The outbound HTTP proxy port of a workload's sidecar. */
    public int proxyPort(String workload) {
        return portIn(workload, "proxy-address");
    }

    /** The loopback admin port of a workload's sidecar. */
    public int adminPort(String workload) {
        return portIn(workload, "admin-address");
    }

    /** The launcher writes these files for people and scripts. */
    private int portIn(String workload, String file) {
        try {
            String address = Files.readString(home.resolve("run").resolve(workload).resolve(file)).strip();
            return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Applies rule files of k8s/ over REST, as the README tells, and deletes their objects on close. */
    Applied apply(String... files) {
        return new Applied(this, Stream.of(files).map(ROOT.resolve("k8s")::resolve).toList());
    }

    /** Writes one more file into the config folder; gone on close. */
    Rules applyYaml(String name, String yaml) {
        return new Rules(home.resolve("config").resolve(name), yaml);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Where this module's build writes. */
    public static Path target() {
        return ROOT.resolve("bookinfo-demo").resolve("target");
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
