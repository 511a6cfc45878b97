package io.weft.ca.authority;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What certificates are signed with at one moment.
 *
 * @param root the trust anchor
 * @param issuer the intermediate that signs leaves
 * @param kept how both are kept
 */
record AuthorityState(Signer root, Signer issuer, KeptAuthority kept) {

    /** Leaf first, root last, as the certificate service answers. */
    List<X509Certificate> chain(X509Certificate leaf) {
        return List.of(leaf, issuer.certificate(), root.certificate());
    }
}
