package io.weft.pilot.source;

import java.io.IOException;

/** A source that cannot be read or written now. What was accepted from it stays in force. */
public final class UnavailableException extends IOException {

    private static final long serialVersionUID = 1L;

    /** @param reason which source, and why */
    public UnavailableException(String reason) {
        super(reason);
    }
}
