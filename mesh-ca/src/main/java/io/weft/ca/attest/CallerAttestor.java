package io.weft.ca.attest;

import io.weft.ca.authority.SpiffeId;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking. A certificate that is not (or no longer) good counts as none, so that a machine that slept past its certificate's end
 * comes back by its token; but a token that is there and not good is always refused.
 */
final class CallerAttestor {

    private final CertificateAttestor certificates;
    private final TokenAttestor tokens;

    CallerAttestor(CertificateAttestor certificates, TokenAttestor tokens) {
        this.certificates = certificates;
        this.tokens = tokens;
    }

    Attested attest(Credentials credentials) throws RefusedException {
        String authorization = credentials.authorization();
        if (authorization == null) {
            return new Attested(byCertificate(credentials), null);
        }
        Attested byToken = tokens.attest(authorization);
        SpiffeId byCertificate = certificateIfGood(credentials);
        if (byCertificate != null && !byCertificate.equals(byToken.id())) {
            throw new RefusedException(
                    RefusedException.Reason.PERMISSION_DENIED,
                    "the certificate is of " + byCertificate + ", the token of " + byToken.id() + " (expected: the same, or one of them)");
        }
        return byToken;
    }

    private SpiffeId byCertificate(Credentials credentials) throws RefusedException {
        if (credentials.chain().isEmpty()) {
            throw RefusedException.unauthenticated("neither a client certificate nor a token");
        }
        return certificates.attest(credentials.chain());
    }

    private @Nullable SpiffeId certificateIfGood(Credentials credentials) {
        if (credentials.chain().isEmpty()) {
            return null;
        }
        try {
            return certificates.attest(credentials.chain());
        } catch (RefusedException notGood) {
            return null;
        }
    }
}
