package io.weft.gateway.filter;

import java.io.IOException;

/** An endpoint did not answer, or not to the end. */
final class UpstreamFailedException extends IOException {

    UpstreamFailedException(String reason) {
        super(reason);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
