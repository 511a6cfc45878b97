package io.weft.sidecar.resource;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Transport sockets: {@code UpstreamTlsContext}, {@code DownstreamTlsContext}, raw buffer. */
final class TlsParser {
    /** The proxy's own key and chain, and the mesh's roots (docs/contracts.md, "Secrets"). */
    private static final Set<String> OWN = Set.of("default", "ROOTCA");

    private static final String RAW = "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer";
    private static final String UPSTREAM_TYPE = UpstreamTlsContext.getDescriptor().getFullName();
    private static final String DOWNSTREAM_TYPE = DownstreamTlsContext.getDescriptor().getFullName();

    private static final Fields SOCKET = Fields.of(TransportSocket.getDescriptor(), "name", "typed_config");
    private static final Fields UPSTREAM = Fields.of(
                    UpstreamTlsContext.getDescriptor(), "common_tls_context", "sni", "auto_host_sni", "auto_sni_san_validation")
            .ignore("no session is kept: every handshake is a full one", "max_session_keys")
            .ignore("BoringSSL always enforces it", "enforce_rsa_key_usage");
    private static final Fields DOWNSTREAM = Fields.of(
                    DownstreamTlsContext.getDescriptor(), "common_tls_context", "require_client_certificate", "require_sni")
            .ignore("nothing is stapled, which every policy but MUST_STAPLE allows; that one is refused below", "ocsp_staple_policy")
            .ignore("no session is kept: every handshake is a full one", "session_timeout");
    private static final Fields COMMON = Fields.of(
            CommonTlsContext.getDescriptor(),
            "tls_params",
            "tls_certificates",
            "tls_certificate_sds_secret_configs",
            "validation_context",
            "validation_context_sds_secret_config",
            "combined_validation_context",
            "alpn_protocols");
    private static final Fields COMBINED = Fields.of(
            CommonTlsContext.CombinedCertificateValidationContext.getDescriptor(),
            "default_validation_context",
            "validation_context_sds_secret_config");
    private static final Fields VALIDATION = Fields.of(
                    CertificateValidationContext.getDescriptor(),
                    "trusted_ca",
                    "crl",
                    "system_root_certs",
                    "match_typed_subject_alt_names",
                    "trust_chain_verification")
            .ignore("files are read when the bootstrap file is", "watched_directory");
    private static final Fields SAN = Fields.of(SubjectAltNameMatcher.getDescriptor(), "san_type", "matcher");
    private static final Fields PARAMETERS = Fields.of(
            TlsParameters.getDescriptor(), "tls_minimum_protocol_version", "tls_maximum_protocol_version", "cipher_suites");
    private static final Fields SDS = Fields.of(SdsSecretConfig.getDescriptor(), "name", "sds_config");
    private static final Fields SOURCE = Fields.of(ConfigSource.getDescriptor(), "ads", "resource_api_version")
            .ignore("one time-out holds for all of a stream", "initial_fetch_timeout");

    private final DataSources sources;
    private final SecretParser secrets;
    private final Set<String> staticSecrets;

    /** @param staticSecrets names that a bootstrap file defines; they are found there, not with the identity */
    TlsParser(DataSources sources, Set<String> staticSecrets) {
        this.sources = sources;
        this.secrets = new SecretParser(sources);
        this.staticSecrets = staticSecrets;
    }

    @Nullable UpstreamTlsResource upstream(Where where, TransportSocket socket, boolean autoSni, boolean autoSan) {
        Any any = config(where, socket);
        if (any == null) {
            return null;
        }
        Where at = where.field("typed_config");
        if (!Values.typeName(any).equals(UPSTREAM_TYPE)) {
            throw at.refuse("unsupported type " + any.getTypeUrl());
        }
        UpstreamTlsContext tls = Values.unpack(at, any, UpstreamTlsContext.class);
        UPSTREAM.check(at, tls);
        return new UpstreamTlsResource(
                common(at.field("common_tls_context"), tls.getCommonTlsContext()),
                tls.getSni(),
                tls.getAutoHostSni() || autoSni,
                tls.getAutoSniSanValidation() || autoSan);
    }

    @Nullable DownstreamTlsResource downstream(Where where, TransportSocket socket) {
        Any any = config(where, socket);
        if (any == null) {
            return null;
        }
        Where at = where.field("typed_config");
        if (!Values.typeName(any).equals(DOWNSTREAM_TYPE)) {
            throw at.refuse("unsupported type " + any.getTypeUrl());
        }
        DownstreamTlsContext tls = Values.unpack(at, any, DownstreamTlsContext.class);
        DOWNSTREAM.check(at, tls);
        if (tls.getOcspStaplePolicy() == DownstreamTlsContext.OcspStaplePolicy.MUST_STAPLE) {
            throw at.refuse("ocsp_staple_policy", tls.getOcspStaplePolicy(), "LENIENT_STAPLING or STRICT_STAPLING");
        }
        TlsCommon common = common(at.field("common_tls_context"), tls.getCommonTlsContext());
        if (common.certificate() == null) {
            throw at.field("common_tls_context").refuse("no certificate (expected: tls_certificates or tls_certificate_sds_secret_configs)");
        }
        boolean require = tls.getRequireClientCertificate().getValue();
        if (require && common.validation() == null) {
            throw at.refuse("require_client_certificate", true, "a validation context to check it with");
        }
        return new DownstreamTlsResource(common, require, tls.getRequireSni().getValue());
    }

    private static @Nullable Any config(Where where, TransportSocket socket) {
        SOCKET.check(where, socket);
        if (!socket.hasTypedConfig()) {
            if (socket.getName().equals("envoy.transport_sockets.raw_buffer")) {
                return null;
            }
            throw where.refuse("no typed_config for " + socket.getName());
        }
        return Values.typeName(socket.getTypedConfig()).equals(RAW) ? null : socket.getTypedConfig();
    }

    private TlsCommon common(Where where, CommonTlsContext tls) {
        COMMON.check(where, tls);
        TlsParameters parameters = tls.getTlsParams();
        Where parametersAt = where.field("tls_params");
        PARAMETERS.check(parametersAt, parameters);
        List<SecretResource> inline = new ArrayList<>();
        TlsCommon.SecretRef certificate = certificate(where, tls, inline);
        TlsCommon.Validation validation = validation(where, tls, inline);
        String min = version(parametersAt, "tls_minimum_protocol_version", parameters.getTlsMinimumProtocolVersion(), "TLSv1.2");
        String max = version(parametersAt, "tls_maximum_protocol_version", parameters.getTlsMaximumProtocolVersion(), "TLSv1.3");
        if (min.compareTo(max) > 0) {
            throw parametersAt.refuse("tls_minimum_protocol_version", min, "<= " + max);
        }
        return new TlsCommon(
                tls.getAlpnProtocolsList(), certificate, validation, min, max, parameters.getCipherSuitesList(), inline);
    }

    private static String version(Where where, String field, TlsParameters.TlsProtocol version, String unset) {
        switch (version) {
            case TLS_AUTO:
                return unset;
            case TLSv1_2:
                return "TLSv1.2";
            case TLSv1_3:
                return "TLSv1.3";
            default:
                throw where.refuse(field, version, "TLSv1_2 or TLSv1_3");
        }
    }

    private TlsCommon.@Nullable SecretRef certificate(Where where, CommonTlsContext tls, List<SecretResource> inline) {
        int count = tls.getTlsCertificatesCount() + tls.getTlsCertificateSdsSecretConfigsCount();
        if (count > 1) {
            throw where.refuse("tls_certificates", count + " certificates", "at most one");
        }
        if (tls.getTlsCertificatesCount() == 1) {
            SecretResource.Certificate pair =
                    secrets.certificate(where.item("tls_certificates", 0), tls.getTlsCertificates(0));
            return inlined(inline, new SecretResource(nameOf(pair.chainPem() + pair.keyPem()), pair, null));
        }
        return count == 0
                ? null
                : reference(where.item("tls_certificate_sds_secret_configs", 0), tls.getTlsCertificateSdsSecretConfigs(0));
    }

    private TlsCommon.@Nullable Validation validation(Where where, CommonTlsContext tls, List<SecretResource> inline) {
        switch (tls.getValidationContextTypeCase()) {
            case VALIDATIONCONTEXTTYPE_NOT_SET:
                return null;
            case VALIDATION_CONTEXT:
                return inlineValidation(where.field("validation_context"), tls.getValidationContext(), inline);
            case VALIDATION_CONTEXT_SDS_SECRET_CONFIG:
                return new TlsCommon.Validation(
                        reference(where.field("validation_context_sds_secret_config"), tls.getValidationContextSdsSecretConfig()),
                        List.of(),
                        false);
            case COMBINED_VALIDATION_CONTEXT:
                return combined(where.field("combined_validation_context"), tls.getCombinedValidationContext());
            default:
                throw where.refuse("unsupported field " + tls.getValidationContextTypeCase());
        }
    }

    private TlsCommon.Validation combined(Where where, CommonTlsContext.CombinedCertificateValidationContext combined) {
        COMBINED.check(where, combined);
        Where at = where.field("default_validation_context");
        CertificateValidationContext context = combined.getDefaultValidationContext();
        VALIDATION.check(at, context);
        if (context.hasTrustedCa() || context.hasSystemRootCerts() || context.hasCrl()) {
            throw at.refuse("trusted_ca, system_root_certs or crl beside a secret that brings them (expected: only what is matched)");
        }
        return new TlsCommon.Validation(
                reference(where.field("validation_context_sds_secret_config"), combined.getValidationContextSdsSecretConfig()),
                sans(at, context),
                acceptUntrusted(context));
    }

    private TlsCommon.@Nullable Validation inlineValidation(
            Where where, CertificateValidationContext context, List<SecretResource> inline) {
        VALIDATION.check(where, context);
        List<TlsCommon.SanMatch> sans = sans(where, context);
        if (context.hasTrustedCa()) {
            SecretResource.Trust trust = secrets.trust(where, context);
            TlsCommon.SecretRef reference =
                    inlined(inline, new SecretResource(nameOf(trust.caPem() + trust.crlPem()), null, trust));
            return new TlsCommon.Validation(reference, sans, acceptUntrusted(context));
        }
        if (context.hasSystemRootCerts()) {
            return new TlsCommon.Validation(null, sans, acceptUntrusted(context));
        }
        if (!sans.isEmpty()) {
            // Envoy: "SAN-based verification of peer certificates without trusted CA is insecure and not allowed".
            throw where.refuse("match_typed_subject_alt_names without trusted_ca or system_root_certs proves nothing");
        }
        return null;
    }

    private static boolean acceptUntrusted(CertificateValidationContext context) {
        return context.getTrustChainVerification() == CertificateValidationContext.TrustChainVerification.ACCEPT_UNTRUSTED;
    }

    private static List<TlsCommon.SanMatch> sans(Where where, CertificateValidationContext context) {
        List<TlsCommon.SanMatch> sans = new ArrayList<>();
        for (int i = 0; i < context.getMatchTypedSubjectAltNamesCount(); i++) {
            Where at = where.item("match_typed_subject_alt_names", i);
            SubjectAltNameMatcher matcher = context.getMatchTypedSubjectAltNames(i);
            SAN.check(at, matcher);
            sans.add(new TlsCommon.SanMatch(sanType(at, matcher), MatchParser.string(at.field("matcher"), matcher.getMatcher())));
        }
        return sans;
    }

    private static TlsCommon.SanMatch.Type sanType(Where where, SubjectAltNameMatcher matcher) {
        switch (matcher.getSanType()) {
            case URI:
                return TlsCommon.SanMatch.Type.URI;
            case DNS:
                return TlsCommon.SanMatch.Type.DNS;
            case EMAIL:
                return TlsCommon.SanMatch.Type.EMAIL;
            case IP_ADDRESS:
                return TlsCommon.SanMatch.Type.IP;
            default:
                throw where.refuse("san_type", matcher.getSanType(), "URI, DNS, EMAIL or IP_ADDRESS");
        }
    }

    private TlsCommon.SecretRef reference(Where where, SdsSecretConfig config) {
        SDS.check(where, config);
        String name = config.getName();
        if (name.isEmpty()) {
            throw where.refuse("name", "\"\"", "a secret's name");
        }
        if (config.hasSdsConfig()) {
            Where at = where.field("sds_config");
            SOURCE.check(at, config.getSdsConfig());
            if (!config.getSdsConfig().hasAds()) {
                throw at.refuse("no source (expected: ads)");
            }
            return new TlsCommon.SecretRef(name, false, false);
        }
        if (staticSecrets.contains(name)) {
            return new TlsCommon.SecretRef(name, false, false);
        }
        if (!OWN.contains(name)) {
            throw where.refuse("name", name, "default, ROOTCA" + (staticSecrets.isEmpty() ? "" : ", one of " + staticSecrets)
                    + ", or an sds_config");
        }
        return new TlsCommon.SecretRef(name, true, false);
    }

    private static TlsCommon.SecretRef inlined(List<SecretResource> inline, SecretResource secret) {
        inline.add(secret);
        return new TlsCommon.SecretRef(secret.name(), false, true);
    }

    /** Named by content: the same certificate is the same secret, a new one is another. */
    private static String nameOf(String content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return "inline:" + HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
