package io.weft.pilot.state;

import java.util.function.Consumer;

/** Where the current state is read and its changes are heard of. */
public interface StateStore {

    /** The state now in force: one volatile read. */
    MeshState current();

    /** Whether everything has been read once. Before that a state does not say that something is not there. */
    default boolean isReady() {
        return true;
    }

    /**
     * Calls the listener with every later state, latest wins: states that came while it ran are skipped but the last. Calls
     * come one at a time, on the store's thread, so a listener must not block.
     *
     * @return close it to hear no more
     */
    Subscription subscribe(Consumer<MeshState> listener);

    /** A listener's place. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
