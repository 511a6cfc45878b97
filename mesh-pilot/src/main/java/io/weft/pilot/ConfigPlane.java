package io.weft.pilot;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.registry.StoredWorkloads;
import io.weft.pilot.registry.spring.KnownGateways;
import io.weft.pilot.registry.spring.SpringAdmission;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.source.folder.FolderStore;
import io.weft.pilot.source.folder.FolderWatch;
import io.weft.pilot.state.DebouncedStateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Configuration in, one state out: folder and registrations on one side, the state store on the other. When it is made,
 * the folder has been read once, so nobody downstream ever sees an empty mesh.
 */
final class ConfigPlane implements AutoCloseable {

    private final ScheduledThreadPoolExecutor executor;
    private final KnownGateways gateways;
    private final FolderStore folder;
    private final StoredWorkloads workloads;
    private final DebouncedStateStore states;
    private final FolderWatch watch;

    ConfigPlane(MeshSettings settings, Path configDir, Path stateDir, Duration rescan, Duration grace) throws IOException {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "pilot-state");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        try {
            gateways = new KnownGateways(stateDir, Clock.systemUTC(), executor, this::gatewaysChanged);
            SpringAdmission admission = new SpringAdmission(gateways, settings.rootNamespace());
            folder = FolderStore.open(configDir, stateDir, admission, Clock.systemUTC(), this::changed);
            workloads = new StoredWorkloads(stateDir, grace, executor, this::changed);
            states = new DebouncedStateStore(settings, this::objects, workloads::snapshot, executor);
            folder.firstScan();
            states.flush();
            watch = FolderWatch.start(folder, configDir, rescan);
        } catch (IOException | RuntimeException failed) {
            executor.shutdownNow();
            throw failed;
        }
    }

    private Collection<ConfigObject> objects() {
        return folder.current().objects().values().stream()
                .map(AcceptedObject::object)
                .toList();
    }

    private void changed() {
        // The first scan reports before there is a state to change.
        DebouncedStateStore made = states();
        if (made != null) {
            made.changed();
        }
    }

    /** Not on the caller's thread: files may be read again. */
    private void gatewaysChanged() {
        if (!executor.isShutdown()) {
            executor.execute(folder::recheck);
        }
    }

    KnownGateways gateways() {
        return gateways;
    }

    FolderStore folder() {
        return folder;
    }

    StoredWorkloads workloads() {
        return workloads;
    }

    DebouncedStateStore states() {
        return states;
    }

    @Override
    public void close() throws IOException {
        watch.close();
        executor.shutdown();
        try {
            // The last registrations are still to be written.
            if (!executor.awaitTermination(2, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
