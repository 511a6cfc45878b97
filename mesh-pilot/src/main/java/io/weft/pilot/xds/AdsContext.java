package io.weft.pilot.xds;

import io.weft.pilot.registry.spring.KnownGateways;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;

/** What every connection uses. */
record AdsContext(
        XdsProperties properties,
        SnapshotFeed feed,
        NodeReader nodes,
        KnownGateways gateways,
        AdsConnections connections,
        XdsMetrics metrics,
        ScheduledExecutorService scheduler,
        Clock clock) {}
