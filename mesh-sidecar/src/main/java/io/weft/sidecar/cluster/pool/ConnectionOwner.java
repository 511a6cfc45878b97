package io.weft.sidecar.cluster.pool;

/** The pool, as its connections see it. Always called on the connection's event loop. */
public interface ConnectionOwner {
    /** The connection can take streams for the first time (handshake over; HTTP/2: SETTINGS may still be on their way). */
    void onReady(UpstreamConnection connection);

    /** {@link UpstreamConnection#freeStreams()} has risen. */
    void onFree(UpstreamConnection connection);

    /** No further streams (GOAWAY, {@code Connection: close}, request limit); those open go on. */
    void onDraining(UpstreamConnection connection);

    /** Gone. Called exactly once, after {@link #onReady} or not. */
    void onClosed(UpstreamConnection connection);
}
