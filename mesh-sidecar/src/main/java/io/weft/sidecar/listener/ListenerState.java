package io.weft.sidecar.listener;

import io.weft.sidecar.resource.ListenerResource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One compiled listener resource. */
final class ListenerState {
    private final ListenerResource resource;
    private final List<Chain> chains;
    private final @Nullable Chain fallback;
    private final boolean looks;

    ListenerState(ListenerResource resource, List<Chain> chains, @Nullable Chain fallback) {
        this.resource = resource;
        this.chains = List.copyOf(chains);
        this.fallback = fallback;
        boolean tls = resource.inspectTls();
        for (Chain chain : all()) {
            tls |= chain.tls() != null
                    || !chain.resource().match().transportProtocol().isEmpty()
                    || !chain.resource().match().applicationProtocols().isEmpty()
                    || !chain.resource().match().serverNames().isEmpty();
        }
        this.looks = tls || resource.proxyProtocol();
    }

    List<Chain> all() {
        if (fallback == null) {
            return chains;
        }
        List<Chain> all = new ArrayList<>(chains);
        all.add(fallback);
        return all;
    }

    ListenerResource resource() {
        return resource;
    }

    /** Whether the choice needs the first bytes; a server-first protocol would wait for ever otherwise. */
    boolean looksAtBytes() {
        return looks;
    }

    /** Null: nobody wants this connection. */
    @Nullable Chain choose(Arrival arrival) {
        Chain best = null;
        long fit = -1;
        for (Chain chain : chains) {
            long own = chain.fit(arrival);
            if (own > fit) {
                fit = own;
                best = chain;
            }
        }
        return best != null ? best : fallback;
    }
}
