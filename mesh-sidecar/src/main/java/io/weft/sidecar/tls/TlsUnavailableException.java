package io.weft.sidecar.tls;

/** There is no TLS context to use now: the connection cannot be made (503 UF upstream, a closed connection downstream). Stackless. */
public final class TlsUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    TlsUnavailableException(String message) {
        super(message, null, false, false);
    }
}
