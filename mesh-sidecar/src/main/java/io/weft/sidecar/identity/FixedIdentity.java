package io.weft.sidecar.identity;

import java.util.function.Consumer;

record FixedIdentity(Svid svid) implements IdentitySource {

    @Override
    public Svid current() {
        return svid;
    }

    @Override
    public Subscription subscribe(Consumer<Svid> listener) {
        listener.accept(svid);
        return () -> {};
    }
}
