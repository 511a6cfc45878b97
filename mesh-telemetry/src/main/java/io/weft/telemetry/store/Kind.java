package io.weft.telemetry.store;

import java.util.Locale;

/** What is taken in. */
public enum Kind {
    LOG,
    SPAN,
    SERIES,
    EDGE;

    /** As metrics and the status page spell it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
