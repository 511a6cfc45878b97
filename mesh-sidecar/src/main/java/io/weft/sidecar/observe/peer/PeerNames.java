package io.weft.sidecar.observe.peer;

import io.weft.sidecar.identity.SpiffeId;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.resource.Workload;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What peers call themselves becomes labels of metrics: whoever makes up another name each time must not use up the series of all. So many names of one
 * identity are believed; under others it is nobody that is known, in the namespace of its certificate, and counted all the same. Thread-safe.
 */
public final class PeerNames {
    /** Of one service account: its workloads, and the versions they have had since this process began. */
    static final int MOST = 256;

    private final ConcurrentHashMap<SpiffeId, Set<Workload>> believed = new ConcurrentHashMap<>();
    private final Counter dropped;

    public PeerNames(EngineMetrics metrics) {
        dropped = metrics.counter(MetricKey.of("weft_peer_names_dropped_total"));
    }

    /** @param id proven by a certificate of the mesh, which says the only namespace it can be in */
    Workload of(SpiffeId id, Workload said) {
        Workload named = said.in(id.namespace());
        Set<Workload> names = believed.computeIfAbsent(id, i -> ConcurrentHashMap.newKeySet());
        if (names.contains(named)) {
            return named;
        }
        synchronized (names) {
            if (names.size() < MOST) {
                names.add(named);
                return named;
            }
        }
        dropped.increment();
        return Workload.UNKNOWN.in(id.namespace());
    }
}
