package io.weft.sidecar.testing;

import io.weft.sidecar.identity.AllowedPeers;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.identity.SvidTrustManager;
import io.weft.sidecar.identity.SvidVerifier;
import io.weft.sidecar.resource.TlsCommon;
import io.weft.sidecar.resource.TlsCommon.SanMatch;
import io.weft.sidecar.resource.TlsCommon.SecretRef;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Mutual TLS of the mesh: what listeners and clusters say of it, and peers that are no proxies. */
public final class MeshTls {
    private static final SecretRef OWN = new SecretRef("default", true, false);
    private static final SecretRef ROOT = new SecretRef("ROOTCA", true, false);

    private MeshTls() {}

    public static TlsCommon common(List<String> alpn, List<SanMatch> sans) {
        return new TlsCommon(alpn, OWN, new TlsCommon.Validation(ROOT, sans, false), "TLSv1.2", "TLSv1.3", List.of(), List.of());
    }

    /** The JDK's TLS with this identity, which believes any workload of its mesh. */
    public static SSLContext context(Svid svid) throws GeneralSecurityException, IOException {
        return context(svid, trust(svid));
    }

    public static SSLContext context(Svid svid, TrustManager trust) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", svid.key(), new char[0], svid.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), new TrustManager[] {trust}, null);
        return context;
    }

    /** Any workload of the mesh. */
    public static TrustManager trust(Svid svid) {
        return new SvidTrustManager(new SvidVerifier(svid.roots()), AllowedPeers.any());
    }
}
