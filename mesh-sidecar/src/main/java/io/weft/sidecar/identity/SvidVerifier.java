package io.weft.sidecar.identity;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Checks that a chain leads to one of the roots and that its leaf is an X.509-SVID (SPIFFE X509-SVID sections 2 to 5): exactly
 * one URI SAN, no CA, key usage digitalSignature without certificate or CRL signing, the wanted extended key usage.
 */
public final class SvidVerifier {

    /** A chain is leaf, intermediate and perhaps a root; a longer one is somebody making us work. */
    private static final int MAX_CHAIN = 6;

    private static final int URI_NAME = 6;
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_CERT_SIGN = 5;
    private static final int CRL_SIGN = 6;
    private static final String ANY_USAGE = "2.5.29.37.0";

    /** What the peer uses its certificate for. */
    public enum Role {
        CLIENT("1.3.6.1.5.5.7.3.2"),
        SERVER("1.3.6.1.5.5.7.3.1");

        private final String oid;

        Role(String oid) {
            this.oid = oid;
        }
    }

    /** Chains that led to a root, with the id in their leaf. Only good chains get in, so nobody outside the mesh can fill it. */
    private static final int MAX_REMEMBERED = 512;

    private final Map<List<X509Certificate>, SpiffeId> remembered = new ConcurrentHashMap<>();
    private final Set<TrustAnchor> anchors = new HashSet<>();
    private final Set<X509Certificate> roots;

    public SvidVerifier(Collection<X509Certificate> roots) {
        this.roots = Set.copyOf(roots);
        roots.forEach(root -> anchors.add(new TrustAnchor(root, null)));
    }

    /**
     * The id of the leaf.
     *
     * @param chain leaf first, as the peer sent it; a root at its end is ignored
     * @throws CertificateException if the chain does not lead to a root now, or the leaf is not an SVID; the message says why
     */
    public SpiffeId verify(List<X509Certificate> chain, Role role) throws CertificateException {
        if (chain.isEmpty() || chain.size() > MAX_CHAIN) {
            throw new CertificateException("certificate chain of " + chain.size() + " (expected: 1 to " + MAX_CHAIN + ")");
        }
        SpiffeId known = remembered.get(chain);
        if (known != null) {
            return verifyAgain(known, chain, role);
        }
        verifyPath(chain.stream().filter(c -> !roots.contains(c)).toList());
        SpiffeId id = verifyLeaf(chain.get(0), role);
        if (remembered.size() >= MAX_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(List.copyOf(chain), id);
        return id;
    }

    /** Signatures stay what they were, and checking them costs as much as the handshake; times and the role are looked at again. */
    private static SpiffeId verifyAgain(SpiffeId known, List<X509Certificate> chain, Role role) throws CertificateException {
        for (X509Certificate certificate : chain) {
            certificate.checkValidity();
        }
        checkExtendedUsage(known, chain.get(0), role);
        return known;
    }

    /** The one URI SAN of a leaf, whatever its chain. */
    public static SpiffeId idOf(X509Certificate leaf) throws CertificateException {
        List<String> uris = urisOf(leaf);
        if (uris.size() != 1) {
            throw new CertificateException("URI names in the certificate: " + uris.size() + " (expected: exactly 1)");
        }
        try {
            return SpiffeId.parse(uris.get(0));
        } catch (IllegalArgumentException e) {
            throw new CertificateException(e.getMessage(), e);
        }
    }

    /** All URI SANs of a certificate. */
    public static List<String> urisOf(X509Certificate certificate) throws CertificateException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names == null) {
            return List.of();
        }
        return names.stream()
                .filter(name -> Integer.valueOf(URI_NAME).equals(name.get(0)))
                .map(name -> (String) name.get(1))
                .toList();
    }

    private void verifyPath(List<X509Certificate> path) throws CertificateException {
        if (path.isEmpty()) {
            throw new CertificateException("the peer presented a root as its own certificate");
        }
        try {
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        } catch (CertPathValidatorException e) {
            throw new CertificateException("certificate chain does not lead to a root of the mesh: " + e.getMessage(), e);
        } catch (CertificateException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new CertificateException("certificate chain could not be checked: " + e.getMessage(), e);
        }
    }

    private static SpiffeId verifyLeaf(X509Certificate leaf, Role role) throws CertificateException {
        SpiffeId id = idOf(leaf);
        if (leaf.getBasicConstraints() >= 0) {
            throw new CertificateException("certificate of " + id + " is a CA's (expected: a leaf)");
        }
        boolean[] usage = leaf.getKeyUsage();
        if (usage == null || !usage[DIGITAL_SIGNATURE] || usage[KEY_CERT_SIGN] || usage[CRL_SIGN]) {
            throw new CertificateException("key usage of " + id + ": " + Arrays.toString(usage) + " (expected: digitalSignature, no signing of certificates)");
        }
        checkExtendedUsage(id, leaf, role);
        return id;
    }

    private static void checkExtendedUsage(SpiffeId id, X509Certificate leaf, Role role) throws CertificateException {
        List<String> extended = leaf.getExtendedKeyUsage();
        if (extended != null && !extended.contains(role.oid) && !extended.contains(ANY_USAGE)) {
            throw new CertificateException("extended key usage of " + id + ": " + extended + " (expected: " + role.oid + ")");
        }
    }
}
