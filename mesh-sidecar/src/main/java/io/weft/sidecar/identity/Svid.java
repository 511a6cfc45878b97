package io.weft.sidecar.identity;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * One immutable state of a workload's identity: its id, its private key, its certificates and the roots it trusts.
 *
 * @param id the id in the leaf's URI SAN
 * @param key the leaf's private key
 * @param chain leaf first, then intermediates; never a root
 * @param roots the trust anchors of the mesh, at least one
 */
public record Svid(SpiffeId id, PrivateKey key, List<X509Certificate> chain, List<X509Certificate> roots) {

    /** @throws IllegalArgumentException if the chain or the roots are empty */
    public Svid {
        chain = List.copyOf(chain);
        roots = List.copyOf(roots);
        if (chain.isEmpty() || roots.isEmpty()) {
            throw new IllegalArgumentException(
                    "certificates of " + id + ": " + chain.size() + " in the chain, " + roots.size() + " roots (expected: at least one each)");
        }
    }

    public X509Certificate leaf() {
        return chain.get(0);
    }

    public Instant notBefore() {
        return leaf().getNotBefore().toInstant();
    }

    public Instant notAfter() {
        return leaf().getNotAfter().toInstant();
    }

    public boolean validAt(Instant now) {
        return !now.isBefore(notBefore()) && now.isBefore(notAfter());
    }

    /** Never the key. */
    @Override
    public String toString() {
        return id + " until " + notAfter();
    }
}
