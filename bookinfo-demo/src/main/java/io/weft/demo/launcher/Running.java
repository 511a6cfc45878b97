package io.weft.demo.launcher;

import java.util.function.ToIntFunction;

/** A part that has been started; closing it stops it. */
interface Running extends AutoCloseable {

    /** The main port of a part that is a web server. */
    String HTTP = "http";

    /** Where it listens: {@link #HTTP}, or a port of its own by its name. */
    int port(String name);

    static Running of(ToIntFunction<String> ports, AutoCloseable stop) {
        return new Running() {
            @Override
            public int port(String name) {
                return ports.applyAsInt(name);
            }

            @Override
            public void close() throws Exception {
                stop.close();
            }
        };
    }

    static Running withoutPort(AutoCloseable stop) {
        return of(
                name -> {
                    throw new IllegalArgumentException("no port " + name);
                },
                stop);
    }
}
