package io.weft.sidecar.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Checks a chain against roots and then, unless there are none, that the leaf has one of the wanted names. */
final class NamedTrustManager extends X509ExtendedTrustManager {

    private final @Nullable X509ExtendedTrustManager roots;
    private final Set<String> names;

    /** @param roots null: nothing is checked */
    NamedTrustManager(@Nullable X509ExtendedTrustManager roots, Set<String> names) {
        this.roots = roots;
        this.names = names;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (roots != null) {
            roots.checkClientTrusted(chain, authType);
            SubjectNames.check(chain[0], names);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (roots != null) {
            roots.checkServerTrusted(chain, authType);
            SubjectNames.check(chain[0], names);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return roots == null ? new X509Certificate[0] : roots.getAcceptedIssuers();
    }
}
