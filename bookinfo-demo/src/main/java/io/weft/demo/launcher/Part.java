package io.weft.demo.launcher;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that runs, whatever kind it is.
 *
 * @param name its name in the table
 * @param what its ports and addresses, each as the table shows it
 * @param readiness answers 200 once the part has what it needs; null: it was ready when it had started
 * @param stage when it stops
 * @param stop ends it
 */
record Part(String name, List<String> what, @Nullable URI readiness, Stage stage, AutoCloseable stop) {

    /** In the order in which they stop: whoever calls before whom they call, so that nobody asks any more when it goes. */
    enum Stage {
        /** Where clients come in. */
        EDGE,
        SIDECAR,
        APP,
        EGRESS,
        /** It takes what all of those report. */
        TELEMETRY,
        PILOT,
        /** What the control plane itself stands on. */
        BASE
    }

    /** Where its web server listens, if that is what {@code readiness} asks. */
    int port() {
        if (readiness == null) {
            throw new IllegalStateException(name + " has no readiness address");
        }
        return readiness.getPort();
    }

    Part {
        what = List.copyOf(what);
    }
}
