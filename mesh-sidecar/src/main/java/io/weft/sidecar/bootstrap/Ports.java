package io.weft.sidecar.bootstrap;

import java.util.function.IntUnaryOperator;

/** Binding a port that was asked for, that was remembered, or any. */
final class Ports {
    private Ports() {}

    /**
     * Binds what was asked for; without a wish the one of last time, or a free one when somebody has taken that.
     *
     * @param bind binds and says which port it got
     * @throws StartException when the port that was asked for is taken
     */
    static int bind(String name, int wanted, int remembered, String property, IntUnaryOperator bind) {
        if (wanted == 0 && remembered != 0) {
            try {
                return bind.applyAsInt(remembered);
            } catch (RuntimeException e) {
                return bindOrExplain(name, 0, property, bind);
            }
        }
        return bindOrExplain(name, wanted, property, bind);
    }

    private static int bindOrExplain(String name, int port, String property, IntUnaryOperator bind) {
        try {
            return bind.applyAsInt(port);
        } catch (RuntimeException e) {
            throw taken(name, port, property, e);
        }
    }

    static StartException taken(String name, int port, String property, RuntimeException cause) {
        Throwable reason = cause.getCause() == null ? cause : cause.getCause();
        return new StartException(
                name + " port " + port + " cannot be bound (" + reason.getMessage() + "): " + property + " changes it", cause);
    }
}
