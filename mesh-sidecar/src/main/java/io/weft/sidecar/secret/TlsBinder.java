package io.weft.sidecar.secret;

import io.netty.handler.ssl.ClientAuth;
import io.netty.util.NetUtil;
import io.weft.sidecar.identity.AllowedPeers;
import io.weft.sidecar.resource.DownstreamTlsResource;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.SecretResource;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.resource.TlsCommon;
import io.weft.sidecar.resource.UpstreamTlsResource;
import io.weft.sidecar.tls.PemKeyPair;
import io.weft.sidecar.tls.TlsContexts;
import io.weft.sidecar.tls.TlsLimits;
import io.weft.sidecar.tls.TlsSpec;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns TLS resources into contexts that follow their secrets. */
public final class TlsBinder {
    private final @Nullable TlsContexts contexts;
    private final SecretStore secrets;

    /** @param contexts null: this process has no TLS, and whoever asks for it is refused */
    public TlsBinder(@Nullable TlsContexts contexts, SecretStore secrets) {
        this.contexts = contexts;
        this.secrets = secrets;
    }

    /**
     * @param host whom the request asked for: the server name to send unless it is an address, and the name to check where the resource says so; empty:
     *     nobody in particular
     * @throws ResourceException for what cannot be served at all; a secret that has not come only makes the binding unready
     */
    public TlsBinding upstream(UpstreamTlsResource tls, String host) {
        boolean address = NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
        String name = host.isEmpty() || address ? null : host;
        if (ownIdentity(tls.common())) {
            TlsSpec spec = new TlsSpec.Outbound(name, tls.common().alpn(), peers(tls.common()));
            return bind(tls.common(), Set.of(), () -> spec);
        }
        return bind(tls.common(), names(tls.common()), () -> origination(tls, name, host));
    }

    /** @throws ResourceException for what cannot be served at all */
    public TlsBinding downstream(DownstreamTlsResource tls) {
        TlsCommon common = tls.common();
        TlsCommon.SecretRef certificate = common.certificate();
        if (certificate == null) {
            throw new ResourceException("tls_certificates: none (expected: a certificate on a listener)");
        }
        ClientAuth auth = common.validation() == null
                ? ClientAuth.NONE
                : tls.requireClientCertificate() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL;
        if (certificate.own()) {
            TlsSpec spec = new TlsSpec.Inbound(auth, callers(common), common.alpn());
            return bind(common, Set.of(), () -> spec);
        }
        if (common.validation() != null) {
            common.validation().subjectAltNames().forEach(TlsBinder::exact);
        }
        return bind(common, names(common), () -> edge(tls, auth));
    }

    private TlsBinding bind(TlsCommon common, Set<String> depends, Supplier<@Nullable TlsSpec> spec) {
        TlsContexts open = contexts;
        if (open == null) {
            throw new ResourceException("transport_socket: tls (expected: none, this process has no TLS)");
        }
        return new TlsBinding(
                open, secrets, new TlsLimits(common.minVersion(), common.maxVersion(), common.ciphers()), depends, spec);
    }

    private static boolean ownIdentity(TlsCommon common) {
        TlsCommon.SecretRef certificate = common.certificate();
        TlsCommon.Validation validation = common.validation();
        return certificate != null && certificate.own() && validation != null && validation.trust() != null
                && validation.trust().own();
    }

    /** In the mesh a peer is named by its exact SPIFFE URI, or by nothing, which means any workload of the mesh. */
    private static AllowedPeers peers(TlsCommon common) {
        TlsCommon.Validation validation = common.validation();
        if (validation == null || validation.subjectAltNames().isEmpty()) {
            return AllowedPeers.any();
        }
        Set<String> uris = new HashSet<>();
        for (TlsCommon.SanMatch san : validation.subjectAltNames()) {
            uris.add(exact(san));
        }
        return AllowedPeers.only(uris);
    }

    /** Callers are named by their whole SPIFFE URI or by its beginning, which is their trust domain. */
    private static AllowedPeers callers(TlsCommon common) {
        TlsCommon.Validation validation = common.validation();
        if (validation == null || validation.subjectAltNames().isEmpty()) {
            return AllowedPeers.any();
        }
        Set<String> uris = new HashSet<>();
        Set<String> prefixes = new HashSet<>();
        for (TlsCommon.SanMatch san : validation.subjectAltNames()) {
            if (san.match().kind() == StringMatch.Kind.PREFIX && !san.match().ignoreCase()) {
                prefixes.add(san.match().value());
            } else {
                uris.add(exact(san));
            }
        }
        return AllowedPeers.matching(uris, prefixes);
    }

    private static String exact(TlsCommon.SanMatch san) {
        if (san.match().kind() != StringMatch.Kind.EXACT || san.match().ignoreCase()) {
            throw new ResourceException("match_typed_subject_alt_names: " + san.match() + " (expected: exact)");
        }
        return san.match().value();
    }

    private static Set<String> names(TlsCommon common) {
        Set<String> names = new HashSet<>();
        if (common.certificate() != null && !common.certificate().inlined()) {
            names.add(common.certificate().name());
        }
        if (common.validation() != null && common.validation().trust() != null
                && !common.validation().trust().inlined()) {
            names.add(common.validation().trust().name());
        }
        return names;
    }

    private @Nullable TlsSpec origination(UpstreamTlsResource tls, @Nullable String sni, String host) {
        TlsCommon common = tls.common();
        PemKeyPair pair = null;
        if (common.certificate() != null) {
            pair = pair(common, common.certificate());
            if (pair == null) {
                return null;
            }
        }
        TlsCommon.Validation validation = common.validation();
        if (validation == null || validation.acceptUntrusted()) {
            return new TlsSpec.Origination(sni, common.alpn(), new TlsSpec.Trust.Nobody(), Set.of(), pair);
        }
        TlsSpec.Trust trust = new TlsSpec.Trust.System();
        if (validation.trust() != null) {
            String roots = roots(common, validation.trust());
            if (roots == null) {
                return null;
            }
            trust = new TlsSpec.Trust.Roots(roots);
        }
        Set<String> sans = new HashSet<>();
        validation.subjectAltNames().forEach(san -> sans.add(exact(san)));
        if (sans.isEmpty() && tls.autoSanValidation()) {
            // Without a name there is nobody it could be: an empty set would let anybody in.
            sans.add(host.isEmpty() ? "no name was asked for" : host);
        }
        return new TlsSpec.Origination(sni, common.alpn(), trust, sans, pair);
    }

    private @Nullable TlsSpec edge(DownstreamTlsResource tls, ClientAuth auth) {
        TlsCommon common = tls.common();
        TlsCommon.SecretRef certificate = common.certificate();
        PemKeyPair pair = certificate == null ? null : pair(common, certificate);
        if (pair == null) {
            return null;
        }
        String ca = null;
        Set<String> names = new HashSet<>();
        TlsCommon.Validation validation = common.validation();
        if (validation != null) {
            ca = validation.trust() == null ? null : roots(common, validation.trust());
            if (ca == null) {
                return null;
            }
            validation.subjectAltNames().forEach(san -> names.add(exact(san)));
        }
        return new TlsSpec.Edge(pair, auth, ca, names, common.alpn());
    }

    private @Nullable SecretResource secret(TlsCommon common, TlsCommon.SecretRef ref) {
        if (!ref.inlined()) {
            return secrets.get(ref.name());
        }
        for (SecretResource inline : common.inline()) {
            if (inline.name().equals(ref.name())) {
                return inline;
            }
        }
        return null;
    }

    private @Nullable PemKeyPair pair(TlsCommon common, TlsCommon.SecretRef ref) {
        SecretResource secret = secret(common, ref);
        SecretResource.Certificate certificate = secret == null ? null : secret.certificate();
        return certificate == null ? null : new PemKeyPair(certificate.chainPem(), certificate.keyPem());
    }

    private @Nullable String roots(TlsCommon common, TlsCommon.SecretRef ref) {
        SecretResource secret = secret(common, ref);
        SecretResource.Trust trust = secret == null ? null : secret.trust();
        return trust == null ? null : trust.caPem();
    }
}
