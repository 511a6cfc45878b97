package io.weft.telemetry.ingest;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Who a peer is by its certificate: the parts of {@code spiffe://<trust domain>/ns/<namespace>/sa/<service account>}.
 */
public record PeerIdentity(String trustDomain, String namespace, String account) {

    private static final int URI = 6;
    private static final int MAX_LENGTH = 2048;
    private static final String SCHEME = "spiffe://";

    /** The identity of an X.509-SVID: its one URI SAN (SPIFFE X509-SVID, section 2), in exactly the mesh's form. */
    static Optional<PeerIdentity> of(X509Certificate certificate) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException unreadable) {
            return Optional.empty();
        }
        if (names == null) {
            return Optional.empty();
        }
        List<String> uris = names.stream()
                .filter(name -> name.get(0).equals(URI))
                .map(name -> (String) name.get(1))
                .toList();
        return uris.size() == 1 ? parse(uris.get(0)) : Optional.empty();
    }

    static Optional<PeerIdentity> parse(String uri) {
        if (uri.length() > MAX_LENGTH || !uri.startsWith(SCHEME)) {
            return Optional.empty();
        }
        String[] parts = uri.substring(SCHEME.length()).split("/", -1);
        boolean shaped = parts.length == 5 && parts[1].equals("ns") && parts[3].equals("sa");
        if (!shaped || !isName(parts[0]) || !isName(parts[2]) || !isName(parts[4])) {
            return Optional.empty();
        }
        return Optional.of(new PeerIdentity(parts[0], parts[2], parts[4]));
    }

    private static boolean isName(String part) {
        return !part.isEmpty()
                && part.chars().allMatch(c -> c >= 'a' && c <= 'z'
                        || c >= 'A' && c <= 'Z'
                        || c >= '0' && c <= '9'
                        || c == '-'
                        || c == '.'
                        || c == '_');
    }

    @Override
    public String toString() {
        return SCHEME + trustDomain + "/ns/" + namespace + "/sa/" + account;
    }
}
