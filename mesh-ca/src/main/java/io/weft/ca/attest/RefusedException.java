package io.weft.ca.attest;

/** A request that gets no certificate. The message goes to the caller: it says what was wrong, never more than the caller knows. */
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1;

    /** Why; each is one gRPC status and one metric label. */
    public enum Reason {
        /** The caller is nobody we know. */
        UNAUTHENTICATED,
        /** The caller is known and may not. */
        PERMISSION_DENIED,
        /** The request itself is wrong. */
        INVALID_ARGUMENT,
        /** We cannot tell yet. */
        UNAVAILABLE
    }

    private final Reason reason;

    public RefusedException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    static RefusedException unauthenticated(String message) {
        return new RefusedException(Reason.UNAUTHENTICATED, message);
    }

    static RefusedException invalid(String message) {
        return new RefusedException(Reason.INVALID_ARGUMENT, message);
    }
}
