package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.weft.sidecar.message.HeaderBlock;

/** The rest of one request, told by the downstream codec to the exchange. Nothing may follow {@link #onDownstreamReset}. */
public interface RequestEvents {
    /** The buffer is the receiver's to release. */
    void onRequestData(ByteBuf data, boolean end);

    /** Ends the request. */
    void onRequestTrailers(HeaderBlock trailers);

    /** The client is gone, or has cancelled this request. */
    void onDownstreamReset();

    /** {@link Downstream#isWritable} has turned true. */
    void onDownstreamWritable();
}
