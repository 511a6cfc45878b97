package io.weft.sidecar.observe.peer;

import java.io.IOException;

/** A peer has agreed on the exchange of metadata, and does something else. */
public final class PeerExchangeException extends IOException {
    private static final long serialVersionUID = 1L;

    PeerExchangeException(String message) {
        super(message);
    }
}
