package io.weft.sidecar.cluster.pool;

/** Why an upstream did not answer; the exchange turns it into status, response flag and metric, and decides on a retry. */
public enum UpstreamFailure {
    /** No endpoint to try. UH. */
    NO_HOST(false),
    /** No TCP or TLS connection. UF. */
    CONNECT(false),
    /** The connect timeout passed. UF. */
    CONNECT_TIMEOUT(false),
    /** A connection, pending or pool limit. UO. */
    OVERFLOW(false),
    /** The connection was found closed before anything of the request was written. */
    STALE(false),
    /** HTTP/2 REFUSED_STREAM, or a stream above the last one of a GOAWAY: not processed by the peer. */
    REFUSED(false),
    /** The peer reset the stream. UR. */
    RESET(true),
    /** The connection ended before the answer was complete. UC. */
    CLOSED(true),
    /** The peer broke the protocol. UPE. */
    PROTOCOL(true);

    private final boolean sent;

    UpstreamFailure(boolean sent) {
        this.sent = sent;
    }

    /** Whether the peer may have seen the request. */
    public boolean sent() {
        return sent;
    }
}
