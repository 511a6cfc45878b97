package io.weft.sidecar.cluster.pool;

/** Waits for a connection. One of the two methods is called, once, on the loop, unless cancelled before. */
public interface StreamRequest {
    /** Opens its stream now: {@link UpstreamConnection#freeStreams()} is positive. */
    void onConnection(UpstreamConnection connection);

    /** @param reason for {@code UPSTREAM_TRANSPORT_FAILURE_REASON} */
    void onNoConnection(UpstreamFailure failure, String reason);
}
