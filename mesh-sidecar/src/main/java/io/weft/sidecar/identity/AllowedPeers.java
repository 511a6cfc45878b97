package io.weft.sidecar.identity;

import java.util.Set;

/**
 * Which identities a peer may have. Allowing everybody has to be said: an empty set allows nobody.
 *
 * @param anyWorkload whether any workload whose chain leads to our roots will do
 * @param uris the exact SPIFFE URIs allowed otherwise
 */
public record AllowedPeers(boolean anyWorkload, Set<String> uris) {

    public AllowedPeers {
        uris = Set.copyOf(uris);
    }

    /** Any workload certified by the mesh. */
    public static AllowedPeers any() {
        return new AllowedPeers(true, Set.of());
    }

    /** Exactly these URIs. */
    public static AllowedPeers only(Set<String> uris) {
        return new AllowedPeers(false, uris);
    }

    public boolean allows(SpiffeId id) {
        return anyWorkload || uris.contains(id.uri());
    }
}
