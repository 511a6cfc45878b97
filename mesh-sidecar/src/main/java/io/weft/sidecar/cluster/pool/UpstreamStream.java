package io.weft.sidecar.cluster.pool;

import io.netty.buffer.ByteBuf;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.RequestHead;

/** One request on an upstream connection. Event loop of the connection only; nothing is flushed before the read burst ends. */
public interface UpstreamStream {
    /** {@code end}: there is no body. The head may be sent on another stream later (retry): it is not changed. */
    void sendHead(RequestHead head, boolean end);

    /** Takes the buffer over. */
    void sendData(ByteBuf data, boolean end);

    /** Ends the request. */
    void sendTrailers(HeaderBlock trailers);

    /** The exchange has lost interest: no event follows. HTTP/1 closes the connection, HTTP/2 resets the stream. */
    void cancel();

    /** Whether more body may be sent now; when this turns true again {@link UpstreamEvents#onUpstreamWritable} is called. */
    boolean isWritable();

    /** Response backpressure: no more data is read or, with HTTP/2, window given back while false. */
    void setReading(boolean reading);

    UpstreamConnection connection();
}
