package io.weft.ca.authority;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What certificates are signed with at one moment.
 *
 * @param root the trust anchor
 * @param issuer the intermediate that signs leaves
 */
record AuthorityState(Signer root, Signer issuer) {

    /** Leaf first, root last, as the certificate service answers. */
    List<X509Certificate> chain(X509Certificate leaf) {
        return List.of(leaf, issuer.certificate(), root.certificate());
    }
}
