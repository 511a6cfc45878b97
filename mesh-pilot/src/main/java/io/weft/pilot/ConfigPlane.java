package io.weft.pilot;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.MeshSettings.PathNormalization;
import io.weft.pilot.model.Observability;
import io.weft.pilot.registry.StoredWorkloads;
import io.weft.pilot.registry.spring.KnownGateways;
import io.weft.pilot.registry.spring.SpringAdmission;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.source.Admission;
import io.weft.pilot.source.ConfigPlace;
import io.weft.pilot.source.ConfigSnapshot;
import io.weft.pilot.source.ConfigStore;
import io.weft.pilot.state.DebouncedStateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Configuration in, one state out: a folder or an API server and registrations on one side, the state store on the other. There is no state until everything
 * has been read once (a folder has been when this is made), so nobody downstream ever sees an empty mesh.
 */
final class ConfigPlane implements AutoCloseable {

    private final ScheduledThreadPoolExecutor executor;
    private final KnownGateways gateways;
    private final StoredWorkloads workloads;
    private final DebouncedStateStore states;
    private final ConfigPlace place;
    private volatile MeshSettings settings;
    private volatile boolean started;

    /** Opens the place where configuration comes from. */
    @FunctionalInterface
    interface Opener {

        /** @param changed to be called after every change */
        ConfigPlace open(Admission admission, ScheduledExecutorService executor, Runnable changed) throws IOException;
    }

    /** @param stateDir {@code weft.pilot.dir} @param grace how long old registrations stay */
    ConfigPlane(MeshSettings settings, Path stateDir, Duration grace, Opener opener) throws IOException {
        this.settings = settings;
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
            place = opener.open(admission, executor, this::changed);
            workloads = new StoredWorkloads(stateDir, grace, executor, this::changed);
            states = new DebouncedStateStore(() -> this.settings, this::objects, workloads::snapshot, place::cluster, executor);
            started = true;
            place.start();
            if (place.isComplete()) {
                states.flush();
            }
        } catch (IOException | RuntimeException failed) {
            executor.shutdownNow();
            throw failed;
        }
    }

    private Collection<ConfigObject> objects() {
        ConfigSnapshot current = place.store().current();
        return Stream.concat(current.objects().values().stream().map(AcceptedObject::object), current.standIns().stream())
                .toList();
    }

    private void changed() {
        // Registrations from before a restart change before there is a state to change.
        if (started && place.isComplete()) {
            states.changed();
        }
    }

    /** Not on the caller's thread: files may be read again. */
    private void gatewaysChanged() {
        if (!executor.isShutdown()) {
            executor.execute(this::recheck);
        }
    }

    private void recheck() {
        if (started) {
            place.recheck();
        }
    }

    /** Other settings hold from now on; what proxies are known by stays. */
    void apply(PathNormalization paths, Observability observability) {
        MeshSettings now = settings.with(paths).with(observability);
        if (!now.equals(settings)) {
            settings = now;
            changed();
        }
    }

    KnownGateways gateways() {
        return gateways;
    }

    ConfigPlace place() {
        return place;
    }

    ConfigStore store() {
        return place.store();
    }

    StoredWorkloads workloads() {
        return workloads;
    }

    DebouncedStateStore states() {
        return states;
    }

    @Override
    public void close() throws IOException {
        place.close();
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
