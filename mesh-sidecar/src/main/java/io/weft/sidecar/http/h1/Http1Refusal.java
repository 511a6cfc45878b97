package io.weft.sidecar.http.h1;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Why a message was refused. It travels as the cause of the {@link io.netty.handler.codec.DecoderResult} of the last object the decoder
 * emits, and has no stack trace: it is an expected answer to hostile input, not a fault of ours.
 */
public final class Http1Refusal extends DecoderException {

    private static final long serialVersionUID = 1L;

    private final transient HttpResponseStatus status;

    Http1Refusal(HttpResponseStatus status, String reason) {
        super(reason);
        this.status = status;
    }

    static Http1Refusal badRequest(String reason) {
        return new Http1Refusal(HttpResponseStatus.BAD_REQUEST, reason);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    /** The answer to give to a client: 400, 414 or 431. Means nothing when the message came from an upstream (that is a 502). */
    public HttpResponseStatus status() {
        return status;
    }
}
