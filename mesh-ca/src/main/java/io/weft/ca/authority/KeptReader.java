package io.weft.ca.authority;

import io.weft.ca.authority.AuthorityStore.Part;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes signers of what is kept. A root that cannot be used ends the start: it is never replaced, somebody trusts it. An intermediate
 * that is missing, over, half written or of another trust domain is none: the root makes a new one.
 */
final class KeptReader {

    private static final Logger log = LoggerFactory.getLogger(KeptReader.class);

    private final AuthorityStore store;
    private final String trustDomain;

    KeptReader(AuthorityStore store, String trustDomain) {
        this.store = store;
        this.trustDomain = trustDomain;
    }

    /** @throws AuthorityException if it cannot be used at {@code now} */
    Signer root(KeptAuthority kept, Instant now) {
        String certificate = store.place(Part.ROOT_CERTIFICATE);
        String key = store.place(Part.ROOT_KEY);
        if (kept.rootKey() == null) {
            throw new AuthorityException(key + ": missing (expected: the key of " + certificate + ")");
        }
        try {
            Signer root = new Signer(Pem.certificate(kept.rootCertificate()), Pem.ecKey(kept.rootKey()));
            if (!root.matches()) {
                throw new AuthorityException(key + " is not the key of " + certificate);
            }
            check(root.certificate(), now);
            return root;
        } catch (IOException | GeneralSecurityException e) {
            throw new AuthorityException(certificate + " or " + key + " does not parse: " + e.getMessage(), e);
        }
    }

    private void check(X509Certificate root, Instant now) throws GeneralSecurityException {
        root.verify(root.getPublicKey());
        String place = store.place(Part.ROOT_CERTIFICATE);
        if (root.getBasicConstraints() < 1) {
            throw new AuthorityException(place + ": path length " + root.getBasicConstraints() + " (expected: a CA with at least 1)");
        }
        Instant end = root.getNotAfter().toInstant();
        if (!now.isBefore(end)) {
            throw new AuthorityException(
                    "the root certificate ended at " + end + " (expected: a valid one; delete what is at " + place + " to begin anew)");
        }
    }

    Optional<Signer> intermediate(KeptAuthority kept, Signer root, Instant now) {
        if (kept.intermediateCertificate() == null || kept.intermediateKey() == null) {
            return Optional.empty();
        }
        String place = store.place(Part.INTERMEDIATE_CERTIFICATE);
        try {
            Signer found = new Signer(Pem.certificate(kept.intermediateCertificate()), Pem.ecKey(kept.intermediateKey()));
            found.certificate().verify(root.certificate().getPublicKey());
            if (found.matches()
                    && now.isBefore(found.certificate().getNotAfter().toInstant())
                    && CertificateForms.isIntermediateOf(trustDomain, found.certificate())) {
                return Optional.of(found);
            }
            log.info("{} is over, has another key or is of another trust domain: making a new one", place);
        } catch (IOException | GeneralSecurityException e) {
            log.warn("{} is not usable ({}): making a new one", place, e.getMessage());
        }
        return Optional.empty();
    }
}
