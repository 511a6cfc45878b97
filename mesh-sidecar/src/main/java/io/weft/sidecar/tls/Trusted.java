package io.weft.sidecar.tls;

import io.weft.sidecar.identity.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The JDK's PKIX check against a set of roots. */
final class Trusted {

    /** Debian and Alpine, Fedora, openSUSE. */
    private static final List<Path> OS_BUNDLES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"), Path.of("/etc/pki/tls/certs/ca-bundle.crt"), Path.of("/etc/ssl/ca-bundle.pem"));

    private Trusted() {}

    /** Null: nothing is checked. */
    static @Nullable X509ExtendedTrustManager by(TlsSpec.Trust trust) {
        if (trust instanceof TlsSpec.Trust.Roots roots) {
            return roots(Pem.certificates("CA certificates", roots.pem()));
        }
        return trust instanceof TlsSpec.Trust.System ? system() : null;
    }

    static X509ExtendedTrustManager roots(List<X509Certificate> roots) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < roots.size(); i++) {
                store.setCertificateEntry("root-" + i, roots.get(i));
            }
            return manager(store);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("CA certificates: " + e.getMessage(), e);
        }
    }

    private static X509ExtendedTrustManager system() {
        for (Path bundle : OS_BUNDLES) {
            if (Files.isReadable(bundle)) {
                try {
                    return roots(Pem.certificates(bundle.toString(), Files.readString(bundle)));
                } catch (IOException e) {
                    throw new IllegalArgumentException(bundle + ": " + e.getMessage(), e);
                }
            }
        }
        try {
            return manager(null);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the JDK's CA certificates: " + e.getMessage(), e);
        }
    }

    private static X509ExtendedTrustManager manager(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("no X.509 trust manager in " + factory.getProvider());
    }
}
