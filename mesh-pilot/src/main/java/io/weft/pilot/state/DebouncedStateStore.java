package io.weft.pilot.state;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.cluster.Cluster;
import io.weft.pilot.registry.StoredWorkloads;
import io.weft.pilot.registry.entry.ServiceViews;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects changes until it is quiet for a moment, then builds one new state and swaps it in. */
public final class DebouncedStateStore implements StateStore {

    private static final Logger log = LoggerFactory.getLogger(DebouncedStateStore.class);
    private static final Duration QUIET = Duration.ofMillis(10);
    private static final Duration AT_MOST = Duration.ofMillis(100);

    private final Supplier<MeshSettings> settings;
    private final Supplier<Collection<ConfigObject>> config;
    private final Supplier<StoredWorkloads.Snapshot> workloads;
    private final Supplier<Cluster> cluster;
    private final ScheduledExecutorService executor;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean telling = new AtomicBoolean();
    private final Object building = new Object();

    private volatile MeshState current;

    private long firstChange;
    private @Nullable ScheduledFuture<?> pending;

    /** @param executor one thread; every listener is called on it */
    public DebouncedStateStore(
            Supplier<MeshSettings> settings,
            Supplier<Collection<ConfigObject>> config,
            Supplier<StoredWorkloads.Snapshot> workloads,
            Supplier<Cluster> cluster,
            ScheduledExecutorService executor) {
        this.settings = settings;
        this.config = config;
        this.workloads = workloads;
        this.cluster = cluster;
        this.executor = executor;
        this.current = MeshState.empty(settings.get());
    }

    @Override
    public MeshState current() {
        return current;
    }

    @Override
    public boolean isReady() {
        return current.version() > 0;
    }

    @Override
    public Subscription subscribe(Consumer<MeshState> consumer) {
        Listener listener = new Listener(consumer, current);
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Something changed: a new state follows within 100 ms, 10 ms after the last change if that is sooner. */
    public synchronized void changed() {
        if (executor.isShutdown()) {
            return;
        }
        long now = System.nanoTime();
        ScheduledFuture<?> waiting = pending;
        if (waiting == null) {
            firstChange = now;
        } else {
            waiting.cancel(false);
        }
        long left = AT_MOST.toNanos() - (now - firstChange);
        long delay = Math.max(0, Math.min(QUIET.toNanos(), left));
        pending = executor.schedule(this::flushLater, delay, TimeUnit.NANOSECONDS);
    }

    private void flushLater() {
        try {
            flush();
        } catch (RuntimeException broken) {
            // Nobody waits for this task's outcome: unsaid here, the mesh would just stand still.
            log.error("No new mesh state could be built; {} stays in force", current.version(), broken);
        }
    }

    /** Builds and swaps now: when this returns, {@link #current} holds every change made before. */
    public void flush() {
        synchronized (this) {
            if (pending != null) {
                pending.cancel(false);
                pending = null;
            }
        }
        synchronized (building) {
            current = build(current.version() + 1);
        }
        tell();
    }

    private MeshState build(long version) {
        StoredWorkloads.Snapshot registered = workloads.get();
        MeshSettings mesh = settings.get();
        Map<ObjectKey, ConfigObject> objects = new LinkedHashMap<>();
        config.get().forEach(object -> objects.put(object.key(), object));
        for (WorkloadEntry entry : registered.entries()) {
            // What a user wrote under the same name is what counts.
            objects.putIfAbsent(entry.key(), entry);
        }
        return MeshState.of(
                version, mesh, objects.values(), ServiceViews.of(mesh, objects.values(), registered.reports(), cluster.get()));
    }

    private void tell() {
        if (!executor.isShutdown() && telling.compareAndSet(false, true)) {
            executor.execute(() -> {
                telling.set(false);
                MeshState state = current;
                listeners.forEach(listener -> listener.tell(state));
            });
        }
    }

    private static final class Listener {

        private final Consumer<MeshState> consumer;
        private MeshState last;

        Listener(Consumer<MeshState> consumer, MeshState last) {
            this.consumer = consumer;
            this.last = last;
        }

        void tell(MeshState state) {
            if (state == last) {
                return;
            }
            last = state;
            try {
                consumer.accept(state);
            } catch (RuntimeException broken) {
                // One listener's mistake must not keep the others from the state.
                log.error("A listener failed on mesh state {}", state.version(), broken);
            }
        }
    }
}
