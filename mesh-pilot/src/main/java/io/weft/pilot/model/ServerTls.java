package io.weft.pilot.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a server that users reach.
 *
 * @param mode unset is PASSTHROUGH, the reference's zero value
 * @param httpsRedirect 301 on the plain port
 */
public record ServerTls(
        boolean httpsRedirect,
        @Nullable Mode mode,
        @Nullable String serverCertificate,
        @Nullable String privateKey,
        @Nullable String caCertificates,
        @Nullable String credentialName,
        List<String> subjectAltNames,
        @Nullable TlsVersion minProtocolVersion,
        @Nullable TlsVersion maxProtocolVersion,
        List<String> cipherSuites) {

    public ServerTls {
        subjectAltNames = List.copyOf(subjectAltNames);
        cipherSuites = List.copyOf(cipherSuites);
    }

    public enum Mode {
        PASSTHROUGH,
        SIMPLE,
        MUTUAL,
        AUTO_PASSTHROUGH,
        ISTIO_MUTUAL,
        OPTIONAL_MUTUAL
    }

    public enum TlsVersion {
        TLS_AUTO,
        TLSV1_0,
        TLSV1_1,
        TLSV1_2,
        TLSV1_3
    }
}
