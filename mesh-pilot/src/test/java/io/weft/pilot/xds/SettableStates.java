package io.weft.pilot.xds;

import io.weft.pilot.state.MeshState;
import io.weft.pilot.state.StateStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A store whose state a test sets. */
final class SettableStates implements StateStore {

    private final List<Consumer<MeshState>> listeners = new CopyOnWriteArrayList<>();
    private volatile MeshState state;

    SettableStates(MeshState state) {
        this.state = state;
    }

    void set(MeshState next) {
        state = next;
        listeners.forEach(listener -> listener.accept(next));
    }

    @Override
    public MeshState current() {
        return state;
    }

    @Override
    public Subscription subscribe(Consumer<MeshState> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
