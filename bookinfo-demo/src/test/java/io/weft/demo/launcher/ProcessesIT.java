package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.weft.demo.launcher.Program.Size;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Parts as processes of their own ({@code weft.demo.isolation=process}), with a part that is up at once. */
@Timeout(300)
class ProcessesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private final Logger logger = (Logger) LoggerFactory.getLogger("weft.progress");
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    private OwnProcesses processes;

    @BeforeEach
    void begin() {
        said.start();
        logger.addAppender(said);
        processes = new OwnProcesses(home, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void end() {
        processes.close();
        logger.detachAppender(said);
    }

    @Test
    void aPart_listensWhereItWasTold_andItsPidIsInAFile() throws Exception {
        Running running = start("a b", Map.of());

        assertThat(greetedAt(running.port(Running.HTTP))).isTrue();
        assertThat(pid("a-b")).isNotEqualTo(ProcessHandle.current().pid());
        assertThat(ProcessHandle.of(pid("a-b"))).get().matches(ProcessHandle::isAlive, "lives");
        assertThat(Files.readString(home.resolve("logs/a-b.log"))).contains("listens at " + running.port(Running.HTTP));
        assertThatThrownBy(() -> running.port("grpc")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("a b has no port grpc");
    }

    @Test
    void whatDies_isStartedAgainAtItsPort_laterEachTime() throws Exception {
        Running running = start("tiny", Map.of());
        for (int death = 0; death < 3; death++) {
            long before = pid("tiny");
            assertThat(ProcessHandle.of(before)).get().matches(ProcessHandle::destroyForcibly, "can be killed");
            patiently().until(() -> pid("tiny") != before && greetedAt(running.port(Running.HTTP)));
        }
        assertThat(messages())
                .containsExactly(
                        "  tiny ended with status 137; starting it again in 250 ms",
                        "  tiny ended with status 137; starting it again in 500 ms",
                        "  tiny ended with status 137; starting it again in 1000 ms");
    }

    @Test
    void stop_endsItForGood_andRemovesItsPidFile() throws Exception {
        Running running = start("tiny", Map.of());
        ProcessHandle process = ProcessHandle.of(pid("tiny")).orElseThrow();

        running.close();

        assertThat(process.isAlive()).isFalse();
        assertThat(pidFile("tiny")).doesNotExist();
        assertThat(messages()).as("a restart would be said").isEmpty();
        running.close();
    }

    @Test
    void whatDiesWhileEverythingStops_staysDead() throws Exception {
        Running running = start("tiny", Map.of());
        ProcessHandle process = ProcessHandle.of(pid("tiny")).orElseThrow();
        processes.stopping();
        process.destroyForcibly();
        process.onExit().join();

        running.close();

        assertThat(messages()).isEmpty();
        assertThat(pidFile("tiny")).doesNotExist();
        assertThat(greetedAt(running.port(Running.HTTP))).isFalse();
    }

    @Test
    void whatEndsInsteadOfStarting_isAnErrorWithItsLastLine() throws Exception {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("say", "cannot go on");
        settings.put("end", "7");
        assertThatThrownBy(() -> start("tiny", settings))
                .isInstanceOf(IOException.class)
                .hasMessage("ended with status 7: cannot go on (" + home.resolve("logs/tiny.log") + ")");
        assertThat(pidFile("tiny")).doesNotExist();
        assertThatThrownBy(() -> start("tiny", Map.of("end", "8")))
                .as("what an earlier one said is not what this one says")
                .hasMessageStartingWith("ended with status 8: ")
                .hasMessageNotContaining("cannot go on");
        assertThat(messages()).isEmpty();
    }

    @Test
    void whatIsStillStarting_isStoppedToo_andNothingStartsAfterwards() throws Exception {
        int nobodyListensThere = processes.port(0);
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread starter = new Thread(() -> {
            try {
                start("tiny", Map.of(), nobodyListensThere);
                failure.completeExceptionally(new AssertionError("it started"));
            } catch (Exception expected) {
                failure.complete(expected);
            }
        });
        starter.start();
        patiently().until(() -> Files.exists(pidFile("tiny")));
        ProcessHandle process = ProcessHandle.of(pid("tiny")).orElseThrow();

        processes.close();

        assertThat(process.isAlive()).isFalse();
        starter.join();
        assertThat(failure.join()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> start("late", Map.of())).hasMessage("not started, as everything is being stopped");
        assertThat(pidFile("tiny")).doesNotExist();
        assertThat(pidFile("late")).doesNotExist();
    }

    @Test
    void aKilledLauncher_takesItsPartsWithIt() throws Exception {
        ProcessHandle part;
        try (Child launcher = Child.start("tiny-launcher", TinyLauncher.class, List.of(), List.of(home.toString()))) {
            launcher.awaitOutput("tiny is up");
            part = ProcessHandle.of(pid("tiny")).orElseThrow();
            assertThat(part.isAlive()).isTrue();
        }
        patiently().untilAsserted(() -> assertThat(part.isAlive()).isFalse());
    }

    @Test
    void ctrlC_isTheLaunchersAlone() throws Exception {
        int port = processes.port(0);
        try (Child part = Child.start("tiny-part", ChildMain.class, List.of(), List.of(TinyPart.class.getName(), "--port=" + port))) {
            part.awaitOutput("listens at " + port);
            part.signal("INT");
            part.signal("HUP");
            assertThat(greetedAt(port)).isTrue();
            // Had one of the others ended it, that one's number would be its status.
            assertThat(part.stopBy("TERM")).isEqualTo(143);
        }
    }

    @Test
    void chosenPorts_areNeverTheSame_andGivenOnesAreKept() {
        assertThat(processes.port(9080)).isEqualTo(9080);
        assertThat(List.of(processes.port(0), processes.port(0), processes.port(0))).doesNotHaveDuplicates().allMatch(port -> port > 0);
    }

    private Running start(String part, Map<String, String> settings) throws Exception {
        return start(part, settings, processes.port(0), true);
    }

    private void start(String part, Map<String, String> settings, int elsewhere) throws Exception {
        start(part, settings, elsewhere, false);
    }

    /** @param there whether it listens where it is looked for */
    private Running start(String part, Map<String, String> settings, int port, boolean there) throws Exception {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("port", String.valueOf(there ? port : 0));
        return processes.start(new Program(part, TinyPart.class, all, Map.of(Running.HTTP, port), null, Size.PROXY), () -> {
            throw new IllegalStateException("not in this JVM");
        });
    }

    private Path pidFile(String part) {
        return home.resolve("run").resolve(part + ".pid");
    }

    private long pid(String part) throws IOException {
        return Long.parseLong(Files.readString(pidFile(part)).strip());
    }

    private static boolean greetedAt(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            socket.setSoTimeout((int) PATIENCE.toMillis());
            return socket.getInputStream().read() == '!';
        } catch (IOException nobody) {
            return false;
        }
    }

    private List<String> messages() {
        return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50));
    }
}
