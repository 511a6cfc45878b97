package io.weft.pilot.xds;

import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.Snapshot;
import org.jspecify.annotations.Nullable;

/** Where a connection gets what its proxy should have now. */
interface SnapshotFeed {

    /** The newest snapshot for this proxy; equal proxies get the same object. Null when it cannot be made: the proxy keeps what it has. */
    @Nullable Snapshot snapshot(Proxy proxy);

    /** A proxy is gone: nothing has to be kept for it. */
    default void forget(Proxy proxy) {
        // A feed that keeps nothing has nothing to forget.
    }
}
