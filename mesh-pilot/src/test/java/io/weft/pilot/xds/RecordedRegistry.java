package io.weft.pilot.xds;

import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.registry.WorkloadRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Remembers what it was told. */
final class RecordedRegistry implements WorkloadRegistry {

    final Map<String, WorkloadEntry> entries = new ConcurrentHashMap<>();
    final List<String> reports = new CopyOnWriteArrayList<>();
    volatile boolean reachable;
    private volatile Runnable onChange = () -> {};

    void onChange(Runnable action) {
        onChange = action;
    }

    @Override
    public void reachable() {
        reachable = true;
    }

    @Override
    public void register(WorkloadEntry entry) {
        entries.put(entry.namespace() + "/" + entry.name(), entry);
        onChange.run();
    }

    @Override
    public void unregister(String namespace, String name) {
        entries.remove(namespace + "/" + name);
        onChange.run();
    }

    @Override
    public void health(String namespace, String name, boolean healthy, @Nullable String message) {
        reports.add(namespace + "/" + name + " " + (healthy ? "healthy" : "unhealthy: " + message));
        onChange.run();
    }
}
