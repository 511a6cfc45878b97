package io.weft.pilot.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredWorkloadsTest {

    @TempDir
    Path folder;

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger changes = new AtomicInteger();

    /** What is being written is written before the folder goes. */
    @AfterEach
    void stop() throws InterruptedException {
        executor.shutdownNow();
        assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void registrations_surviveARestart_untilTheGraceEnds() throws IOException {
        StoredWorkloads first = open(Duration.ofMinutes(1));
        first.register(entry("a", 1));
        first.register(entry("b", 2));
        first.health("default", "a", true, null);
        await().until(() -> Files.exists(file()) && Files.readString(file()).contains("\"reported\":true"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");

        StoredWorkloads second = open(Duration.ofMillis(300));
        assertThat(second.snapshot().entries()).hasSize(2);
        assertThat(second.snapshot().reports()).containsEntry(entry("a", 1).key(), true);
        second.register(entry("a", 1));
        second.reachable();
        await().untilAsserted(() -> assertThat(second.snapshot().entries())
                .extracting(WorkloadEntry::name)
                .containsExactly("a"));
        assertThat(second.snapshot().reports()).as("same place: its report still counts").hasSize(1);
    }

    @Test
    void theGrace_beginsWhenProxiesCanConnect() throws Exception {
        StoredWorkloads first = open(Duration.ofMinutes(1));
        first.register(entry("a", 1));
        await().until(() -> Files.exists(file()));

        StoredWorkloads second = open(Duration.ZERO);
        // Whatever a grace without length would have set off has run when this has.
        executor.submit(() -> {}).get();
        assertThat(second.snapshot().entries()).as("nobody could have come back yet").hasSize(1);
        second.reachable();
        await().untilAsserted(() -> assertThat(second.snapshot().entries()).isEmpty());
    }

    @Test
    void movedWorkload_mustReportAgain() throws IOException {
        StoredWorkloads workloads = open(Duration.ofMinutes(1));
        workloads.register(entry("a", 1));
        workloads.health("default", "a", true, null);
        workloads.register(entry("a", 2));
        assertThat(workloads.snapshot().reports()).isEmpty();
    }

    @Test
    void unknownWorkload_changesNothing() throws IOException {
        StoredWorkloads workloads = open(Duration.ofMinutes(1));
        workloads.health("default", "nobody", true, null);
        workloads.unregister("default", "nobody");
        assertThat(changes).hasValue(0);
    }

    @Test
    void brokenFile_isNotFatal() throws IOException {
        Files.writeString(file(), "[{\"namespace\":");
        assertThat(open(Duration.ofMinutes(1)).snapshot().entries()).isEmpty();
        Files.writeString(file(), "[{\"name\": \"a\"}]");
        assertThat(open(Duration.ofMinutes(1)).snapshot().entries()).isEmpty();
    }

    private Path file() {
        return folder.resolve("registrations.json");
    }

    private StoredWorkloads open(Duration grace) throws IOException {
        return new StoredWorkloads(folder, grace, executor, changes::incrementAndGet);
    }

    private static WorkloadEntry entry(String name, int port) {
        return new WorkloadEntry(
                ObjectMeta.of(Kind.WORKLOAD_ENTRY, "default", name)
                        .withAnnotations(Map.of(WorkloadRegistry.GROUP_ANNOTATION, "g")),
                new WorkloadSpec("127.0.0.1", Map.of("http", port), Map.of("app", "a"), null, null, null, "sa"));
    }
}
