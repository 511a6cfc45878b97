package io.weft.sidecar.http.h1;

import io.netty.handler.codec.http.HttpMethod;

/** What the two directions of a server connection tell each other. Owned by the connection's event loop. */
final class ServerState {

    /** A request has been handed on and its final answer has not been written: the next request waits. */
    boolean responseOwed;
    HttpMethod method = HttpMethod.GET;
    boolean http10;
    /** After 101, or 2xx to CONNECT: bytes pass as they are. */
    boolean tunnel;
}
