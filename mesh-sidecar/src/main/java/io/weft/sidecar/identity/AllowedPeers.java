package io.weft.sidecar.identity;

import java.util.Set;

/**
 * Which identities a peer may have. Allowing everybody has to be said: an empty set allows nobody.
 *
 * @param anyWorkload whether any workload whose chain leads to our roots will do
 * @param uris the exact SPIFFE URIs allowed otherwise
 * @param prefixes what the SPIFFE URI may begin with otherwise: {@code spiffe://<trust domain>/}
 */
public record AllowedPeers(boolean anyWorkload, Set<String> uris, Set<String> prefixes) {

    public AllowedPeers {
        uris = Set.copyOf(uris);
        prefixes = Set.copyOf(prefixes);
    }

    /** Any workload certified by the mesh. */
    public static AllowedPeers any() {
        return new AllowedPeers(true, Set.of(), Set.of());
    }

    /** Exactly these URIs. */
    public static AllowedPeers only(Set<String> uris) {
        return new AllowedPeers(false, uris, Set.of());
    }

    /** These URIs, and those that begin with one of {@code prefixes}. */
    public static AllowedPeers matching(Set<String> uris, Set<String> prefixes) {
        return new AllowedPeers(false, uris, prefixes);
    }

    public boolean allows(SpiffeId id) {
        String uri = id.uri();
        return anyWorkload || uris.contains(uri) || prefixes.stream().anyMatch(uri::startsWith);
    }
}
