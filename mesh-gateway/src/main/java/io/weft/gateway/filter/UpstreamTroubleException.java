package io.weft.gateway.filter;

import io.weft.sidecar.http.Onward;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ResponseStatusException;

/**
 * A call to a cluster of the mesh has failed. Spring Cloud Gateway's own filters understand it: its cause is an {@link java.io.IOException} or Spring Cloud Gateway's
 * {@code TimeoutException}, which {@code Retry} repeats by default, and it carries the status. What nobody makes good for is answered as Envoy does.
 */
public final class UpstreamTroubleException extends ResponseStatusException {

    private final String body;

    UpstreamTroubleException(Onward.Trouble trouble, Throwable cause) {
        super(HttpStatusCode.valueOf(trouble.status()), trouble.body(), cause);
        this.body = trouble.body();
    }

    /** Something that the engine knows nothing of: 502. */
    static UpstreamTroubleException badGateway(String reason) {
        return new UpstreamTroubleException(new Onward.Trouble(502, ""), new UpstreamFailedException(reason));
    }

    String body() {
        return body;
    }

    /** Expected, frequent, and thrown from nowhere in particular. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
