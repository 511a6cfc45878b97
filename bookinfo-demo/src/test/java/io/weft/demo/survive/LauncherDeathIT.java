package io.weft.demo.survive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.demo.e2e.Mesh;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** The launcher goes, and all that it started goes with it: told to stop, and killed. The last of these tests, as there is no mesh afterwards. */
@Order(SurvivingMesh.LAST)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(600)
class LauncherDeathIT {

    /** Each part is killed that has not ended 30 s after it was told to; some wait for others. */
    private static final Duration STOP = Duration.ofSeconds(90);

    /** A part whose launcher is gone halts after 30 s at the latest (ChildMain); the rest is for a machine that does more than this. */
    private static final Duration ORPHANED = Duration.ofSeconds(40);

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final int TERMINATED = 128 + 15;
    private static final int KILLED = 128 + 9;

    /** Of the launcher's start, when about half of the parts run. */
    private static final String HALF = "  istio-ingressgateway ";

    private static final int PARTS = 2 * 7 + 7;

    private final SurvivingMesh surviving = SurvivingMesh.shared();

    @AfterEach
    void nobodyLostABuffer() {
        surviving.assertNoLeak();
    }

    @Test
    @Order(1)
    void toldToStop_itEndsEverything_andLeavesNoPidFile() throws Exception {
        Mesh mesh = surviving.mesh();
        Set<ProcessHandle> parts = parts(mesh);
        Set<Integer> ports = ports(mesh);
        assertThat(parts).as("parts that run").hasSizeGreaterThanOrEqualTo(PARTS);
        assertThat(ports).filteredOn(LauncherDeathIT::isOpen).as("ports that are open").hasSizeGreaterThan(PARTS);

        assertThat(endedBy(mesh, false, STOP)).isEqualTo(TERMINATED);

        assertThat(parts).as("those it started, when it has ended itself").noneMatch(ProcessHandle::isAlive);
        assertThat(parts(mesh)).isEmpty();
        assertThat(ports).noneMatch(LauncherDeathIT::isOpen);
        assertThat(pidFiles(mesh)).isEmpty();
        assertThat(mesh.output()).doesNotContain("did not stop cleanly", "was killed", " stays: ");
    }

    @Test
    @Order(2)
    void killedWhileItStarts_nothingIsLeft() throws Exception {
        Mesh first = surviving.mesh();
        if (first.process().isAlive()) {
            endedBy(first, false, STOP);
        }
        Mesh mesh = first.again();
        try {
            mesh.awaitOutput(HALF, SurvivingMesh.PATIENCE);
            Set<ProcessHandle> parts = parts(mesh);
            Set<Integer> ports = ports(mesh);
            assertThat(parts).as("parts that run").hasSizeGreaterThan(5);
            assertThat(ports).filteredOn(LauncherDeathIT::isOpen).as("ports that are open").hasSizeGreaterThan(5);

            assertThat(endedBy(mesh, true, STOP)).isEqualTo(KILLED);

            await().atMost(ORPHANED).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
                assertThat(parts).noneMatch(ProcessHandle::isAlive);
                assertThat(parts(mesh)).as("started while it was killed").isEmpty();
            });
            assertThat(ports).noneMatch(LauncherDeathIT::isOpen);
        } finally {
            mesh.process().destroyForcibly();
            parts(mesh).forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static int endedBy(Mesh mesh, boolean kill, Duration most) throws InterruptedException {
        Process process = mesh.process();
        if (kill) {
            process.destroyForcibly();
        } else {
            process.destroy();
        }
        assertThat(process.waitFor(most.toSeconds(), TimeUnit.SECONDS)).as("it ends within %s; its output:%n%s", most, mesh.output()).isTrue();
        return process.exitValue();
    }

    /** Whom it started, and whoever runs in its home: who is nobody's child any more is found by that. */
    private static Set<ProcessHandle> parts(Mesh mesh) {
        Set<ProcessHandle> parts = new LinkedHashSet<>();
        mesh.process().descendants().forEach(parts::add);
        String home = "-Dweft.home=" + mesh.home() + " ";
        ProcessHandle.allProcesses()
                .filter(process -> process.pid() != mesh.process().pid())
                .filter(process -> process.info().commandLine().orElse("").contains(home))
                .forEach(parts::add);
        return parts;
    }

    /** Those it was told, and those that it chose and wrote into its home. */
    private static Set<Integer> ports(Mesh mesh) throws IOException {
        Set<Integer> ports = new LinkedHashSet<>(mesh.ports());
        try (Stream<Path> files = Files.walk(mesh.home().resolve("run"), 2)) {
            for (Path file : files.filter(LauncherDeathIT::isAddress).toList()) {
                String address = Files.readString(file).strip();
                ports.add(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
            }
        }
        return ports;
    }

    private static boolean isAddress(Path file) {
        return List.of("proxy-address", "admin-address", "app-port").contains(file.getFileName().toString());
    }

    private static List<Path> pidFiles(Mesh mesh) throws IOException {
        try (Stream<Path> files = Files.list(mesh.home().resolve("run"))) {
            return files.filter(file -> file.toString().endsWith(".pid")).toList();
        }
    }

    /** Whether somebody listens: another's connection may have the number of one that is free. */
    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) CONNECT.toMillis());
            return true;
        } catch (ConnectException refused) {
            return false;
        } catch (IOException other) {
            throw new UncheckedIOException(other);
        }
    }
}
