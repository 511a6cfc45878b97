package io.weft.sidecar.identity;

import io.weft.sidecar.identity.SvidVerifier.Role;
import java.security.cert.CertificateException;

/** Whether a certificate we are about to use is ours: peers will check no less. */
final class SvidCheck {

    private SvidCheck() {}

    /** @throws CertificateException if it does not lead to its roots now, or is of another identity than {@code expected} */
    static void check(Svid svid, SpiffeId expected) throws CertificateException {
        SvidVerifier verifier = new SvidVerifier(svid.roots());
        SpiffeId found = verifier.verify(svid.chain(), Role.SERVER);
        verifier.verify(svid.chain(), Role.CLIENT);
        if (!found.equals(expected)) {
            throw new CertificateException("certificate of " + found + " (expected: " + expected + ")");
        }
    }
}
