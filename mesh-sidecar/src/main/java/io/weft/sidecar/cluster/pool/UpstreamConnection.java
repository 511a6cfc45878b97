package io.weft.sidecar.cluster.pool;

import io.netty.channel.Channel;

/** A connection to an endpoint, bound to one event loop. Implemented by the HTTP/1 and HTTP/2 codecs. */
public interface UpstreamConnection {
    /** Opens a stream. Only while {@link #freeStreams()} is positive. */
    UpstreamStream open(UpstreamEvents events);

    /** How many more streams can be opened now: HTTP/1 0 or 1; 0 once draining or closed. */
    int freeStreams();

    int activeStreams();

    /** No new streams; closes when the last one ends. */
    void drain();

    /** At once; open streams see {@link UpstreamFailure#CLOSED}. */
    void close();

    Channel channel();
}
