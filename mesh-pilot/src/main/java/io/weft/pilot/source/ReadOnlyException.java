package io.weft.pilot.source;

import java.io.IOException;

/** A source that somebody else is the author of. */
public final class ReadOnlyException extends IOException {

    private static final long serialVersionUID = 1L;

    /** @param reason where it is written instead */
    public ReadOnlyException(String reason) {
        super(reason);
    }
}
