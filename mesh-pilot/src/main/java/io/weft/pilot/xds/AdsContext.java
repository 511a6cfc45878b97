package io.weft.pilot.xds;

import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;

/** What every connection uses. */
record AdsContext(
        XdsProperties properties,
        SnapshotFeed feed,
        NodeReader nodes,
        AdsConnections connections,
        XdsMetrics metrics,
        ScheduledExecutorService scheduler,
        Clock clock) {}
