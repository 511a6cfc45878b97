package io.weft.sidecar.identity;

/** A certificate could not be had this time; the message says from whom and why. Expected while a CA starts or restarts: stackless. */
public final class IdentityException extends Exception {

    private static final long serialVersionUID = 1;

    IdentityException(String message) {
        super(message, null, false, false);
    }
}
