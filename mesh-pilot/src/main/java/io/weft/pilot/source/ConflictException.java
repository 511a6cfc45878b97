package io.weft.pilot.source;

import io.weft.pilot.model.Problem;

/** The object is not what the author of a write thought it was. */
public final class ConflictException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean alreadyExists;

    private ConflictException(String message, boolean alreadyExists) {
        super(message, null, false, false);
        this.alreadyExists = alreadyExists;
    }

    public static ConflictException alreadyExists(String what) {
        return new ConflictException(what + " already exists", true);
    }

    public static ConflictException stale(String what, String seen, String now) {
        return new ConflictException(
                what + " has been changed: resourceVersion " + Problem.shown(seen) + " (expected: "
                        + now + ")",
                false);
    }

    public static ConflictException beingEdited(String file) {
        return new ConflictException(file + " is being changed by somebody else; try again", false);
    }

    public static ConflictException noRoom(String file, String reason) {
        return new ConflictException("it does not fit into " + file + ": " + reason, false);
    }

    public boolean isAlreadyExists() {
        return alreadyExists;
    }
}
