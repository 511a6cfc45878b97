package io.weft.sidecar.observe.log;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A request or a connection that has ended. */
public interface Finished {
    long startEpochMillis();

    long durationNanos();

    /** Bytes of the client: of a request's body, or all of a connection. */
    long received();

    /** Bytes to the client: of an answer's body, or all of a connection. */
    long sent();

    /** Envoy's response flags, comma separated, {@code "-"} when there are none. */
    String flags();

    /** Null when none was chosen. */
    @Nullable String clusterName();

    /** {@code ip:port} of the endpoint that was tried last; null when there was none. */
    @Nullable String upstreamHost();

    /** Our end of the connection to the endpoint; null without one. */
    @Nullable SocketAddress upstreamLocal();

    /** Why there was no connection to an endpoint; null when there was one, or none was tried. */
    @Nullable String upstreamFailure();
}
