package io.weft.telemetry.ingest;

/** A port of mesh-telemetry is taken by somebody else. The message is made for the person who started it. */
public final class PortTakenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int port;
    private final String property;

    PortTakenException(int port, String property, Throwable cause) {
        super("mesh-telemetry: port " + port + " is taken (property " + property + " names another)", cause);
        this.port = port;
        this.property = property;
    }

    public int port() {
        return port;
    }

    /** The property that changes the port. */
    public String property() {
        return property;
    }
}
