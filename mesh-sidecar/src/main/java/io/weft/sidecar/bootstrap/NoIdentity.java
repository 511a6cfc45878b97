package io.weft.sidecar.bootstrap;

import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.Svid;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A proxy run from a bootstrap file has no identity of its own: its certificates are secrets of the file or of SDS. */
final class NoIdentity implements IdentitySource {

    @Override
    public @Nullable Svid current() {
        return null;
    }

    @Override
    public Subscription subscribe(Consumer<Svid> listener) {
        return () -> {};
    }
}
