package io.weft.pilot.xds;

import io.weft.pilot.generate.Generator;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.Snapshot;
import io.weft.pilot.state.MeshState;
import io.weft.pilot.state.StateStore;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Generates once for equal proxies, and only for the newest state.
 *
 * <p>A proxy whose generation fails is told nothing, so that it keeps what it has; the others are not touched.
 */
final class SnapshotCache implements SnapshotFeed {

    private static final Logger log = LoggerFactory.getLogger(SnapshotCache.class);

    private final StateStore states;
    private volatile Epoch epoch;

    SnapshotCache(StateStore states) {
        this.states = states;
        MeshState state = states.current();
        this.epoch = new Epoch(state, new Generator(state));
    }

    @Override
    public @Nullable Snapshot snapshot(Proxy proxy) {
        Epoch now = newest();
        return now.snapshots.computeIfAbsent(proxy, key -> generate(now, key)).orElse(null);
    }

    @Override
    public void forget(Proxy proxy) {
        epoch.snapshots.remove(proxy);
    }

    private static Optional<Snapshot> generate(Epoch now, Proxy proxy) {
        try {
            return Optional.of(now.generator.generate(proxy));
        } catch (RuntimeException e) {
            log.error("generation for {} {}/{} failed; it keeps what it has", proxy.role(), proxy.namespace(), proxy.workload(), e);
            return Optional.empty();
        }
    }

    private Epoch newest() {
        Epoch known = epoch;
        return known.state == states.current() ? known : advance();
    }

    private synchronized Epoch advance() {
        MeshState state = states.current();
        if (epoch.state != state) {
            epoch = new Epoch(state, epoch.generator.next(state));
        }
        return epoch;
    }

    /** One state, its generator with everything that is shared between proxies, and what was made so far. */
    private static final class Epoch {

        final MeshState state;
        final Generator generator;
        final ConcurrentMap<Proxy, Optional<Snapshot>> snapshots = new ConcurrentHashMap<>();

        Epoch(MeshState state, Generator generator) {
            this.state = state;
            this.generator = generator;
        }
    }
}
