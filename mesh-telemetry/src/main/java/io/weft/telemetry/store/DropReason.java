package io.weft.telemetry.store;

import java.util.Locale;

/** Why something was not kept, or is no longer. */
public enum DropReason {
    /** Pushed out by newer ones. */
    CAPACITY,
    /** Does not read: ids, names, numbers. */
    MALFORMED,
    /** Speaks for somebody else than who sent it. */
    IDENTITY,
    /** From another time. */
    TIMESTAMP,
    /** One trace or one page holds too much. */
    TOO_MANY,
    /** A client of the live stream does not keep up. */
    SLOW_CLIENT;

    /** As metrics and the status page spell it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
