package io.weft.sidecar.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.weft.sidecar.identity.Pem;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.identity.SvidTrustManager;
import io.weft.sidecar.identity.SvidVerifier;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Turns a spec, and the identity if the spec uses it, into a Netty context. */
final class SslContextFactory {

    /** Enough for a chain of six ordinary certificates. */
    private static final int MAX_PEER_CHAIN_BYTES = 32 * 1024;

    private final SslProvider provider;

    /** Shared by all contexts with the same roots, with the chains it remembers. Used under the lock of {@link TlsContexts}. */
    private SvidVerifier verifier = new SvidVerifier(List.of());

    private List<X509Certificate> verifiedRoots = List.of();

    SslContextFactory(SslProvider provider) {
        this.provider = provider;
    }

    /**
     * @param svid the identity; not null if the spec uses it
     * @throws IllegalArgumentException if key, certificate or protocols are not usable
     */
    SslContext build(TlsSpec spec, TlsLimits limits, @Nullable Svid svid) {
        try {
            SslContext context = builder(spec, limits, svid).build();
            forgetSessions(context);
            return context;
        } catch (SSLException e) {
            throw new IllegalArgumentException("TLS context: " + e.getMessage(), e);
        }
    }

    private SslContextBuilder builder(TlsSpec spec, TlsLimits limits, @Nullable Svid svid) {
        SslContextBuilder builder;
        if (spec instanceof TlsSpec.Inbound inbound) {
            builder = inbound(inbound, required(svid));
        } else if (spec instanceof TlsSpec.Outbound outbound) {
            builder = outbound(outbound, required(svid));
        } else if (spec instanceof TlsSpec.Edge edge) {
            builder = edge(edge);
        } else {
            builder = origination((TlsSpec.Origination) spec);
        }
        builder.sslProvider(provider).protocols(limits.protocols());
        if (!limits.ciphers().isEmpty()) {
            builder.ciphers(suites(limits), IdentityCipherSuiteFilter.INSTANCE);
        }
        if (provider != SslProvider.JDK) {
            builder.option(OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES, MAX_PEER_CHAIN_BYTES);
        }
        if (!spec.alpn().isEmpty()) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, spec.alpn()));
        }
        return builder;
    }

    /** A suite that this engine does not have is an error, not something to be left out in silence; BoringSSL says so itself, the JDK at the first handshake. */
    private List<String> suites(TlsLimits limits) {
        boolean jdk = provider == SslProvider.JDK;
        List<String> suites = limits.suites(jdk);
        if (jdk) {
            List<String> supported = List.of(((SSLSocketFactory) SSLSocketFactory.getDefault()).getSupportedCipherSuites());
            for (String suite : suites) {
                if (!supported.contains(suite)) {
                    throw new IllegalArgumentException("cipher_suites: " + suite + " (expected: one of " + supported + ")");
                }
            }
        }
        return suites;
    }

    private SslContextBuilder inbound(TlsSpec.Inbound spec, Svid svid) {
        SslContextBuilder builder = SslContextBuilder.forServer(keys(svid.key(), svid.chain())).clientAuth(spec.clientAuth());
        if (spec.clientAuth() != ClientAuth.NONE) {
            builder.trustManager(new SvidTrustManager(verifier(svid.roots()), spec.peers()));
        }
        return builder;
    }

    private SslContextBuilder outbound(TlsSpec.Outbound spec, Svid svid) {
        return SslContextBuilder.forClient()
                .keyManager(keys(svid.key(), svid.chain()))
                .endpointIdentificationAlgorithm(null)
                .trustManager(new SvidTrustManager(verifier(svid.roots()), spec.peers()));
    }

    private SslContextBuilder edge(TlsSpec.Edge spec) {
        SslContextBuilder builder = SslContextBuilder.forServer(keys(spec.pair())).clientAuth(spec.clientAuth());
        if (spec.clientCa() != null) {
            builder.trustManager(new NamedTrustManager(Trusted.roots(Pem.certificates("client CA", spec.clientCa())), spec.clientNames()));
        }
        return builder;
    }

    private SslContextBuilder origination(TlsSpec.Origination spec) {
        SslContextBuilder builder = SslContextBuilder.forClient();
        if (spec.clientPair() != null) {
            builder.keyManager(keys(spec.clientPair()));
        }
        return builder.endpointIdentificationAlgorithm(null).trustManager(new NamedTrustManager(Trusted.by(spec.trust()), spec.names()));
    }

    private KeyManagerFactory keys(PemKeyPair pair) {
        List<X509Certificate> chain = Pem.certificates("certificate", pair.chain());
        PrivateKey key = Pem.privateKey("private key", pair.key());
        KeyMatch.check(key, chain.get(0));
        return keys(key, chain);
    }

    /** BoringSSL wants keys in a form of its own: turned into it once, not at every handshake. */
    private KeyManagerFactory keys(PrivateKey key, List<X509Certificate> chain) {
        KeyManagerFactory one = OneKey.factory(key, chain);
        return provider == SslProvider.JDK ? one : new OpenSslCachingX509KeyManagerFactory(one);
    }

    private SvidVerifier verifier(List<X509Certificate> roots) {
        if (!roots.equals(verifiedRoots)) {
            verifier = new SvidVerifier(roots);
            verifiedRoots = roots;
        }
        return verifier;
    }

    private static void forgetSessions(SslContext context) {
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(false);
        } else {
            context.sessionContext().setSessionCacheSize(1);
            context.sessionContext().setSessionTimeout(1);
        }
    }

    private static Svid required(@Nullable Svid svid) {
        if (svid == null) {
            throw new IllegalArgumentException("TLS context of the mesh without a workload certificate");
        }
        return svid;
    }
}
