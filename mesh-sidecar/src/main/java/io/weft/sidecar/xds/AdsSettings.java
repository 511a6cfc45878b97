package io.weft.sidecar.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import java.time.Duration;

/**
 * How to talk to the control plane.
 *
 * @param server address for people, as it appears in messages
 * @param delta incremental variant (the default of Weft) or state of the world
 * @param initialFetchTimeout how long a cluster waits for its endpoints, a listener for its routes and secrets, before it is used without
 *     (Envoy's {@code initial_fetch_timeout}, default 15 s; zero waits for ever)
 * @param firstRetry ceiling of the first back-off
 * @param lastRetry ceiling of all later ones
 * @param maxResources most resources of one kind that are kept; a response that would exceed it is refused
 */
public record AdsSettings(
        Node node,
        String server,
        boolean delta,
        Duration initialFetchTimeout,
        Duration firstRetry,
        Duration lastRetry,
        int maxResources) {

    /** Largest message accepted: 16 MiB. */
    public static final int MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

    /** A third of mesh-pilot's grace for those who were registered before it was started anew: they must be back within that. */
    private static final Duration LAST_RETRY = Duration.ofSeconds(10);

    /** Settings with Weft's defaults for all that is not said. */
    public static AdsSettings of(Node node, String server, boolean delta) {
        return new AdsSettings(
                node, server, delta, Duration.ofSeconds(15), Duration.ofMillis(500), LAST_RETRY, 20_000);
    }
}
