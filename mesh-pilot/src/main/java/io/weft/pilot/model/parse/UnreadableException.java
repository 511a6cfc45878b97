package io.weft.pilot.model.parse;

/** Text that is not a document at all: not YAML or JSON, or beyond a bound. */
public final class UnreadableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message, null, false, false);
    }
}
