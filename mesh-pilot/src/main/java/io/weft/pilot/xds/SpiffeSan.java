package io.weft.pilot.xds;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Reads the one URI SAN of an X.509-SVID (SPIFFE X509-SVID, section 2). */
final class SpiffeSan {

    private static final int URI = 6;

    private SpiffeSan() {}

    /** The URI; empty when there is none, or more than one. */
    static Optional<String> of(X509Certificate certificate) {
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
        return uris.size() == 1 ? Optional.of(uris.get(0)) : Optional.empty();
    }
}
