package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.ResponseHead;

/**
 * The client's side of one exchange, implemented by the HTTP/1 and HTTP/2 codecs. Event loop of the connection only; nothing is flushed
 * before the read burst ends.
 */
public interface Downstream {
    /** A 1xx other than 101. */
    void sendInformational(ResponseHead head);

    /** {@code end}: there is no body. The codec sets framing fields, and {@code connection} as it must. */
    void sendHead(ResponseHead head, boolean end);

    /** Takes the buffer over. */
    void sendData(ByteBuf data, boolean end);

    /** Ends the response. */
    void sendTrailers(HeaderBlock trailers);

    /** The response cannot be completed: HTTP/1 closes the connection, HTTP/2 resets the stream. */
    void reset();

    /** Whether more may be sent now; when this turns true again {@link Exchange#onDownstreamWritable} is called. */
    boolean isWritable();

    /** Request backpressure: no more body is read or, with HTTP/2, window given back while false. */
    void setReading(boolean reading);

    /** The exchange goes on to whoever stands behind the engine, which the codec is told before it is told that nobody claims the request. */
    default void passedOn(Onward onward) {
        throw new IllegalStateException("nobody stands behind this codec");
    }

    DownstreamConnection connection();
}
