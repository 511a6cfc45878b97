package io.weft.sidecar.identity;

import io.weft.sidecar.identity.SvidVerifier.Role;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts peers by their SPIFFE id. It extends the {@code Extended} class on purpose: the JDK wraps a plain
 * {@code X509TrustManager} and then checks host names, which an SVID does not have.
 */
public final class SvidTrustManager extends X509ExtendedTrustManager {

    private final SvidVerifier verifier;
    private final AllowedPeers allowed;

    public SvidTrustManager(SvidVerifier verifier, AllowedPeers allowed) {
        this.verifier = verifier;
        this.allowed = allowed;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, Role.CLIENT);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, Role.SERVER);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        check(chain, Role.CLIENT);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        check(chain, Role.SERVER);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        check(chain, Role.CLIENT);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        check(chain, Role.SERVER);
    }

    /** None: a hint who may sign only makes handshakes longer, every workload has one certificate. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private void check(X509Certificate[] chain, Role role) throws CertificateException {
        SpiffeId id = verifier.verify(List.of(chain), role);
        if (!allowed.allows(id)) {
            throw new CertificateException("peer is " + id + " (expected: one of " + expected() + ")");
        }
    }

    private String expected() {
        return allowed.prefixes().isEmpty() ? allowed.uris().toString() : allowed.uris() + " or of " + allowed.prefixes();
    }
}
