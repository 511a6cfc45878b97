package io.weft.ca.attest;

import io.weft.ca.authority.Authority;
import io.weft.ca.authority.SpiffeId;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;

/** Who a client certificate says its holder is: it must lead to our own root, be valid now and be an SVID of our trust domain. */
final class CertificateAttestor {

    private static final int MAX_CHAIN = 4;
    private static final int URI_NAME = 6;
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_CERT_SIGN = 5;
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private final Authority authority;
    private final Clock clock;

    CertificateAttestor(Authority authority, Clock clock) {
        this.authority = authority;
        this.clock = clock;
    }

    /** @param chain not empty */
    SpiffeId attest(List<X509Certificate> chain) throws RefusedException {
        if (chain.size() > MAX_CHAIN) {
            throw refused("a chain of " + chain.size() + " certificates (expected: at most " + MAX_CHAIN + ")");
        }
        X509Certificate root = authority.root();
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(clock.instant()));
            List<X509Certificate> path = chain.stream().filter(c -> !c.equals(root)).toList();
            if (path.isEmpty()) {
                throw refused("a root as a workload's certificate");
            }
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
            return identity(chain.get(0));
        } catch (GeneralSecurityException e) {
            throw refused(e.getMessage());
        }
    }

    private SpiffeId identity(X509Certificate leaf) throws GeneralSecurityException, RefusedException {
        boolean[] usage = leaf.getKeyUsage();
        List<String> extended = leaf.getExtendedKeyUsage();
        if (leaf.getBasicConstraints() >= 0 || usage == null || !usage[DIGITAL_SIGNATURE] || usage[KEY_CERT_SIGN]) {
            throw refused("not a workload's key usage");
        }
        if (extended == null || !extended.contains(CLIENT_AUTH)) {
            throw refused("extended key usage " + extended + " (expected: clientAuth)");
        }
        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        List<String> uris = (names == null ? List.<List<?>>of() : names)
                .stream().filter(n -> Integer.valueOf(URI_NAME).equals(n.get(0))).map(n -> (String) n.get(1)).toList();
        if (uris.size() != 1) {
            throw refused(uris.size() + " URI names (expected: exactly 1)");
        }
        return inOurDomain(uris.get(0));
    }

    private SpiffeId inOurDomain(String uri) throws RefusedException {
        try {
            SpiffeId id = SpiffeId.parse(uri);
            if (id.trustDomain().equals(authority.trustDomain())) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw refused(e.getMessage());
        }
        throw refused("trust domain of " + uri + " (expected: " + authority.trustDomain() + ")");
    }

    private static RefusedException refused(String why) {
        return RefusedException.unauthenticated("client certificate refused: " + why);
    }
}
