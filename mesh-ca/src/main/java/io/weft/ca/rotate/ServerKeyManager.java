package io.weft.ca.rotate;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Gives each handshake the newest certificate, so that the server's TLS context never has to be replaced. The alias carries the
 * certificate's serial: key and chain of one handshake are of one state even when it is renewed in between.
 */
public final class ServerKeyManager extends X509ExtendedKeyManager {

    private static final String EC = "EC";

    private final ServerCertificate certificate;
    private volatile ServerCertificate.@Nullable Held previous;
    private volatile ServerCertificate.@Nullable Held last;

    public ServerKeyManager(ServerCertificate certificate) {
        this.certificate = certificate;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        if (!keyType.startsWith(EC)) {
            return null;
        }
        ServerCertificate.Held held = certificate.held();
        remember(held);
        return alias(held);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        ServerCertificate.Held held = find(alias);
        return held == null ? null : held.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        ServerCertificate.Held held = find(alias);
        return held == null ? null : held.key();
    }

    private synchronized void remember(ServerCertificate.Held held) {
        if (held != last) {
            previous = last;
            last = held;
        }
    }

    private ServerCertificate.@Nullable Held find(String alias) {
        ServerCertificate.Held newest = last;
        if (newest != null && alias(newest).equals(alias)) {
            return newest;
        }
        ServerCertificate.Held older = previous;
        return older != null && alias(older).equals(alias) ? older : null;
    }

    private static String alias(ServerCertificate.Held held) {
        return held.chain().get(0).getSerialNumber().toString(16);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }
}
