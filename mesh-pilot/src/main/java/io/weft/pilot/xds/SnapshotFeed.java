package io.weft.pilot.xds;

import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.Snapshot;

/** Where a connection gets what its proxy should have now. */
interface SnapshotFeed {

    /** The newest snapshot for this proxy; equal proxies get the same object. */
    Snapshot snapshot(Proxy proxy);
}
