package io.weft.pilot.registry.workload;

/** A proxy that may not be what it wants to be; the message says why and goes to the proxy. */
public final class RegistrationRefused extends Exception {

    private static final long serialVersionUID = 1L;

    public RegistrationRefused(String reason) {
        super(reason, null, false, false);
    }
}
