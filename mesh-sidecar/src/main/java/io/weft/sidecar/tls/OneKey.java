package io.weft.sidecar.tls;

import java.net.Socket;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The one key of a context. Netty would make a PKCS#12 key store of a bare key, whose encryption costs 25 ms for every context; a
 * proxy has one context per cluster.
 */
final class OneKey extends X509ExtendedKeyManager {

    private static final String ALIAS = "key";

    private final PrivateKey key;
    private final X509Certificate[] chain;
    private final List<String> types;

    private OneKey(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = chain.toArray(X509Certificate[]::new);
        this.types = "EC".equals(key.getAlgorithm()) ? List.of("EC", "EC_EC", "EC_RSA") : List.of(key.getAlgorithm());
    }

    /** @param chain leaf first */
    static KeyManagerFactory factory(PrivateKey key, List<X509Certificate> chain) {
        return new Factory(new Spi(new OneKey(key, chain)));
    }

    private @Nullable String alias(String... keyTypes) {
        for (String type : keyTypes) {
            if (types.contains(type)) {
                return ALIAS;
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        return alias(keyType);
    }

    /** Whatever issuers the server names: a workload has no other certificate to choose. */
    @Override
    public @Nullable String chooseEngineClientAlias(String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
        return alias(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
        return alias(keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
        return alias(keyTypes);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return ALIAS.equals(alias) ? chain.clone() : null;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return ALIAS.equals(alias) ? key : null;
    }

    private static final class Factory extends KeyManagerFactory {
        Factory(Spi spi) {
            super(spi, null, "weft");
        }
    }

    private static final class Spi extends KeyManagerFactorySpi {

        private final OneKey manager;

        Spi(OneKey manager) {
            this.manager = manager;
        }

        @Override
        protected void engineInit(@Nullable KeyStore store, char @Nullable [] password) {
            // The key is there from the start.
        }

        @Override
        protected void engineInit(ManagerFactoryParameters parameters) {
            // The key is there from the start.
        }

        @Override
        protected KeyManager[] engineGetKeyManagers() {
            return new KeyManager[] {manager};
        }
    }
}
