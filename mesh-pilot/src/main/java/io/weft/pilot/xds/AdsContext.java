package io.weft.pilot.xds;

import io.weft.pilot.registry.spring.KnownGateways;
import io.weft.pilot.state.StateStore;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;

/** What every connection uses. */
record AdsContext(
        XdsProperties properties,
        StateStore states,
        SnapshotFeed feed,
        NodeReader nodes,
        KnownGateways gateways,
        AdsConnections connections,
        XdsMetrics metrics,
        ScheduledExecutorService scheduler,
        Clock clock) {}
