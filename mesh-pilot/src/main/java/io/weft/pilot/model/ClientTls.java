package io.weft.pilot.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** TLS towards a host. Its presence, in whatever mode, switches automatic mTLS off for that host. */
public record ClientTls(
        Mode mode,
        @Nullable String clientCertificate,
        @Nullable String privateKey,
        @Nullable String caCertificates,
        @Nullable String credentialName,
        List<String> subjectAltNames,
        @Nullable String sni,
        @Nullable Boolean insecureSkipVerify) {

    public ClientTls {
        subjectAltNames = List.copyOf(subjectAltNames);
    }

    public enum Mode {
        DISABLE,
        SIMPLE,
        MUTUAL,
        ISTIO_MUTUAL
    }
}
