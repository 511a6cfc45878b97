package io.weft.sidecar.identity;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where the current {@link Svid} is read, and who is told when it changes. Reading is one volatile read. */
public interface IdentitySource {

    /** The newest one, or null as long as there never was one. It may have expired: see {@link Svid#validAt}. */
    @Nullable Svid current();

    /**
     * Tells {@code listener} every later change, and the current state before this method returns if there is one. Calls are
     * never concurrent; a listener must be quick.
     */
    Subscription subscribe(Consumer<Svid> listener);

    /** An identity that never changes, for certificates from static files. */
    static IdentitySource fixed(Svid svid) {
        return new FixedIdentity(svid);
    }

    /** Ends a subscription; closing twice is harmless. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
