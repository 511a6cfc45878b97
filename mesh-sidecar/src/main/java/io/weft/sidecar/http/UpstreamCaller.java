package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.ResponseHead;

/**
 * Who has made an {@link UpstreamCall} and waits for its answer. On the call's event loop, in order: attempts, informational heads, the head, data,
 * then an {@code end} flag or trailers; or at any time one failure or timeout. After its end, and after {@link UpstreamCall#cancel}, nothing follows.
 */
public interface UpstreamCaller {
    /** The request is about to go to {@code host}: its head may still be changed. {@code attempt}: 1 for the first. */
    void onAttempt(Host host, int attempt);

    /** A 1xx other than 101. */
    void onInformational(ResponseHead head);

    /** There will be no other attempt. */
    void onHead(ResponseHead head, boolean end);

    /** The buffer is the receiver's to release. */
    void onData(ByteBuf data, boolean end);

    /** Ends the response. */
    void onTrailers(HeaderBlock trailers);

    /** {@link Failures} says what a client is told. */
    void onFailure(UpstreamFailure failure);

    /** @param attemptOnly it was the time of a single attempt, not that of the whole call */
    void onTimeout(boolean attemptOnly);

    /** Backpressure of the request's body: false when no more should be given, true when it may go on. May repeat itself. */
    void setRequestReading(boolean reading);
}
