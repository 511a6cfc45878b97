package io.weft.pilot.registry;

import io.weft.pilot.disk.AtomicFiles;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.WorkloadEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registrations in memory and on disk. */
public final class StoredWorkloads implements WorkloadRegistry {

    private static final Logger log = LoggerFactory.getLogger(StoredWorkloads.class);

    private final Path file;
    private final Duration grace;
    private final ScheduledExecutorService executor;
    private final Runnable changed;
    private final Map<ObjectKey, Registration> registrations = new LinkedHashMap<>();
    /** Registered before the restart and not back yet. */
    private final Set<ObjectKey> awaited = new HashSet<>();

    private long sequence;
    private boolean saving;
    private boolean graceRuns;

    /** @param reported the workload's last report of its health, or null */
    record Registration(WorkloadEntry entry, @Nullable Boolean reported) {}

    /**
     * Reads what was registered before.
     *
     * @param folder {@code weft.pilot.dir}
     * @param grace how long old registrations stay when nobody renews them, from {@link #reachable} on
     * @param executor writes the file and ends the grace
     * @param changed called after every change
     */
    public StoredWorkloads(Path folder, Duration grace, ScheduledExecutorService executor, Runnable changed)
            throws IOException {
        this.file = folder.resolve("registrations.json");
        this.grace = grace;
        this.executor = executor;
        this.changed = changed;
        if (Files.exists(file)) {
            for (Registration old : RegistrationFile.read(file)) {
                registrations.put(old.entry().key(), old);
            }
            awaited.addAll(registrations.keySet());
        }
    }

    @Override
    public synchronized void reachable() {
        if (!graceRuns && !awaited.isEmpty() && !executor.isShutdown()) {
            graceRuns = true;
            executor.schedule(this::endGrace, grace.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void register(WorkloadEntry entry) {
        synchronized (this) {
            Registration old = registrations.get(entry.key());
            awaited.remove(entry.key());
            WorkloadEntry stored = stored(entry, old);
            boolean same = old != null && old.entry().spec().equals(stored.spec());
            registrations.put(entry.key(), new Registration(stored, same ? old.reported() : null));
            save();
        }
        changed.run();
    }

    private WorkloadEntry stored(WorkloadEntry entry, @Nullable Registration old) {
        Map<String, String> labels = new HashMap<>(entry.meta().labels());
        labels.put(TLS_MODE_LABEL, "istio");
        Instant created = old == null
                ? Instant.now().truncatedTo(ChronoUnit.MILLIS)
                : old.entry().meta().creationTimestamp();
        long generation = old == null ? 1 : old.entry().meta().generation();
        return entry.withMeta(
                entry.meta().withLabels(labels).stored(created, "registration-" + ++sequence, generation));
    }

    @Override
    public void unregister(String namespace, String name) {
        synchronized (this) {
            ObjectKey key = new ObjectKey(Kind.WORKLOAD_ENTRY, namespace, name);
            awaited.remove(key);
            if (registrations.remove(key) == null) {
                return;
            }
            save();
        }
        changed.run();
    }

    @Override
    public void health(String namespace, String name, boolean healthy, @Nullable String message) {
        synchronized (this) {
            ObjectKey key = new ObjectKey(Kind.WORKLOAD_ENTRY, namespace, name);
            Registration old = registrations.get(key);
            if (old == null || Boolean.valueOf(healthy).equals(old.reported())) {
                return;
            }
            registrations.put(key, new Registration(old.entry(), healthy));
            log.info("{} is {}{}", key, healthy ? "healthy" : "unhealthy", message == null ? "" : ": " + line(message));
            save();
        }
        changed.run();
    }

    /** The entries, and what those that reported said of their health. */
    public synchronized Snapshot snapshot() {
        List<WorkloadEntry> entries = new ArrayList<>();
        Map<ObjectKey, Boolean> reports = new HashMap<>();
        registrations.forEach((key, registration) -> {
            entries.add(registration.entry());
            if (registration.reported() != null) {
                reports.put(key, registration.reported());
            }
        });
        return new Snapshot(List.copyOf(entries), Map.copyOf(reports));
    }

    /** All registrations at one moment. */
    public record Snapshot(List<WorkloadEntry> entries, Map<ObjectKey, Boolean> reports) {}

    private void endGrace() {
        synchronized (this) {
            if (awaited.isEmpty()) {
                return;
            }
            log.info("{} workloads did not come back within the grace period: {}", awaited.size(), awaited);
            registrations.keySet().removeAll(awaited);
            awaited.clear();
            save();
        }
        changed.run();
    }

    /** Latest wins: one write follows however many changes came meanwhile. */
    private void save() {
        if (!saving && !executor.isShutdown()) {
            saving = true;
            executor.execute(this::write);
        }
    }

    private void write() {
        List<Registration> current;
        synchronized (this) {
            saving = false;
            current = List.copyOf(registrations.values());
        }
        try {
            AtomicFiles.writePrivate(file, RegistrationFile.bytes(current));
        } catch (IOException failed) {
            log.error("Cannot write {}: after a restart, proxies start from older registrations", file, failed);
        }
    }

    private static String line(String message) {
        String shown = message.length() > 200 ? message.substring(0, 200) : message;
        return shown.replace('\n', ' ').replace('\r', ' ');
    }
}
