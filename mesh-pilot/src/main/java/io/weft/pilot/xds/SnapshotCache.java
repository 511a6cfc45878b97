package io.weft.pilot.xds;

import io.weft.pilot.generate.Generator;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.Snapshot;
import io.weft.pilot.state.MeshState;
import io.weft.pilot.state.StateStore;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Generates once for equal proxies, and only for the newest state.
 *
 * <p>A proxy whose generation fails keeps what it had; the others are not touched.
 */
final class SnapshotCache implements SnapshotFeed {

    private static final Logger log = LoggerFactory.getLogger(SnapshotCache.class);

    private final StateStore states;
    private volatile Epoch epoch;

    SnapshotCache(StateStore states) {
        this.states = states;
        this.epoch = new Epoch(states.current(), new ConcurrentHashMap<>());
    }

    @Override
    public Snapshot snapshot(Proxy proxy) {
        Epoch now = newest();
        return now.snapshots.computeIfAbsent(proxy, key -> generate(now, key));
    }

    private Snapshot generate(Epoch now, Proxy proxy) {
        try {
            return now.generator.generate(proxy);
        } catch (RuntimeException e) {
            log.error("generation for {} {}/{} failed; it keeps what it has", proxy.role(), proxy.namespace(), proxy.workload(), e);
            return now.previous.getOrDefault(proxy, Snapshot.empty());
        }
    }

    private synchronized Epoch newest() {
        MeshState state = states.current();
        Epoch known = epoch;
        if (known.state != state) {
            known = new Epoch(state, known.snapshots);
            epoch = known;
        }
        return known;
    }

    /** One state, its generator with everything that is shared between proxies, and what was made so far. */
    private static final class Epoch {

        final MeshState state;
        final Generator generator;
        final ConcurrentMap<Proxy, Snapshot> snapshots = new ConcurrentHashMap<>();
        final ConcurrentMap<Proxy, Snapshot> previous;

        Epoch(MeshState state, ConcurrentMap<Proxy, Snapshot> previous) {
            this.state = state;
            this.generator = new Generator(state);
            this.previous = previous;
        }
    }
}
