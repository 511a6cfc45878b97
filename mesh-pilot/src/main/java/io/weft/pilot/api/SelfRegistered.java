package io.weft.pilot.api;

import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.source.ConfigSnapshot;
import io.weft.pilot.state.StateStore;

/** Workloads whose entry stands in no file, because their proxy registered them. */
public final class SelfRegistered {

    private final StateStore states;

    public SelfRegistered(StateStore states) {
        this.states = states;
    }

    /** Deleting one would not last: it belongs to its proxy's stream. */
    void refuseDeletion(ObjectKey key, ConfigSnapshot stored) throws ApiException {
        boolean registered = key.kind() == Kind.WORKLOAD_ENTRY
                && !stored.objects().containsKey(key)
                && states.current().get(WorkloadEntry.class, key.namespace(), key.name()).isPresent();
        if (registered) {
            throw new ApiException(
                    409,
                    "Conflict",
                    key + " was registered by its own proxy and goes when that disconnects (expected: an entry that was written)");
        }
    }
}
