package io.weft.sidecar.loop;

import org.jspecify.annotations.Nullable;

/**
 * Something that happens later on this event loop unless cancelled; embedded as a field in what owns it, so that arming it again
 * and again allocates nothing. Accuracy is one tick of the {@link TimerWheel}. Loop thread only.
 */
public abstract class Deadline {
    long at;
    @Nullable Deadline previous;
    @Nullable Deadline next;
    int slot = -1;

    /** The time has come; not armed any more. */
    protected abstract void expired();

    public final boolean armed() {
        return slot >= 0;
    }
}
