package io.weft.sidecar.tls;

import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.Svid;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An identity that a test changes. */
final class Movable implements IdentitySource {
    private volatile @Nullable Svid current;
    private final List<Consumer<Svid>> listeners = new CopyOnWriteArrayList<>();

    void set(Svid svid) {
        current = svid;
        listeners.forEach(listener -> listener.accept(svid));
    }

    @Override
    public @Nullable Svid current() {
        return current;
    }

    @Override
    public Subscription subscribe(Consumer<Svid> subscriber) {
        listeners.add(subscriber);
        if (current != null) {
            subscriber.accept(current);
        }
        return () -> listeners.remove(subscriber);
    }
}
