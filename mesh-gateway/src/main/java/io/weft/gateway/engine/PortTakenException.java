package io.weft.gateway.engine;

/** A listener's port is somebody else's. The message is the one line that says which part, which port, and what changes it. */
public final class PortTakenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String property;

    PortTakenException(String part, String address, int port, String property, Throwable cause) {
        super(part + ": port " + port + " on " + address + " is taken; " + property + " changes it (0: a free port)", cause);
        this.property = property;
    }

    /** What changes the port. */
    public String property() {
        return property;
    }
}
