package io.weft.gateway.engine;

import java.io.IOException;

/** One of Spring Cloud Gateway's predicates or filters, and the proof that it does what it is for. */
record BuiltIn(String name, Proof proof) {

    /** Applies routes to the bench, asks, and says what client or backend must see. */
    interface Proof {
        void on(RouteBench bench) throws IOException;
    }

    @Override
    public String toString() {
        return name;
    }
}
