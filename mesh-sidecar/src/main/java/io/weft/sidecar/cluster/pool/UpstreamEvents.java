package io.weft.sidecar.cluster.pool;

import io.netty.buffer.ByteBuf;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.ResponseHead;

/**
 * What an upstream stream tells the exchange, in order: informational heads, the head, data, then either an {@code end} flag or trailers; or at
 * any time one reset, after which nothing follows. A 101 head, or a 2xx to CONNECT, is followed by tunnelled data both ways until {@code end}.
 */
public interface UpstreamEvents {
    /** A 1xx other than 101. */
    void onInformational(ResponseHead head);

    void onHead(ResponseHead head, boolean end);

    /** The buffer is the receiver's to release. */
    void onData(ByteBuf data, boolean end);

    /** Ends the response. */
    void onTrailers(HeaderBlock trailers);

    void onReset(UpstreamFailure failure);

    void onUpstreamWritable();
}
