package io.weft.sidecar.cluster.pool;

import io.weft.sidecar.loop.LoopState;
import java.time.Duration;

/** Opens connections to one host: address, TLS, codec. */
public interface Connector {
    /** Starts connecting on {@code loop}; {@code owner} hears of it, or {@code failed} is called. Returns what stops the attempt. */
    void connect(LoopState loop, ConnectionOwner owner, Failed failed);

    /** How many streams a new connection is expected to take. */
    int expectedStreams();

    Duration idleTimeout();

    /** No connection came about. */
    @FunctionalInterface
    interface Failed {
        void failed(UpstreamFailure failure, String reason);
    }
}
