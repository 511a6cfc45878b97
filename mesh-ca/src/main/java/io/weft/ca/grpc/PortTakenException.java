package io.weft.ca.grpc;

/** The gRPC port cannot be bound because something else has it. */
public final class PortTakenException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int port;

    PortTakenException(int port, Throwable cause) {
        super("mesh-ca: gRPC port " + port + " (weft.ca.grpc-port) is taken", cause);
        this.port = port;
    }

    public int port() {
        return port;
    }
}
