package io.weft.sidecar.resource;

import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;

/** {@code Secret} → {@link SecretResource}. */
final class SecretParser {
    private static final Fields SECRET =
            Fields.of(Secret.getDescriptor(), "name", "tls_certificate", "validation_context");
    private static final Fields CERTIFICATE = Fields.of(TlsCertificate.getDescriptor(), "certificate_chain", "private_key")
            .ignore("files are read when the bootstrap file is", "watched_directory");
    private static final Fields TRUST = Fields.of(CertificateValidationContext.getDescriptor(), "trusted_ca", "crl")
            .ignore("files are read when the bootstrap file is", "watched_directory");

    private final DataSources sources;

    SecretParser(DataSources sources) {
        this.sources = sources;
    }

    SecretResource parse(Where where, Secret secret) {
        SECRET.check(where, secret);
        if (secret.getName().isEmpty()) {
            throw where.refuse("name", "\"\"", "a name");
        }
        switch (secret.getTypeCase()) {
            case TLS_CERTIFICATE:
                return new SecretResource(
                        secret.getName(), certificate(where.field("tls_certificate"), secret.getTlsCertificate()), null);
            case VALIDATION_CONTEXT:
                Where at = where.field("validation_context");
                TRUST.check(at, secret.getValidationContext());
                return new SecretResource(secret.getName(), null, trust(at, secret.getValidationContext()));
            default:
                throw where.refuse("no content (expected: tls_certificate or validation_context)");
        }
    }

    SecretResource.Certificate certificate(Where where, TlsCertificate certificate) {
        CERTIFICATE.check(where, certificate);
        return new SecretResource.Certificate(
                sources.pem(where.field("certificate_chain"), certificate.getCertificateChain()),
                sources.pem(where.field("private_key"), certificate.getPrivateKey()));
    }

    SecretResource.Trust trust(Where where, CertificateValidationContext context) {
        if (!context.hasTrustedCa()) {
            throw where.refuse("no trusted_ca");
        }
        if (context.hasCrl()) {
            // Better nobody comes in than those who were revoked.
            throw where.refuse("crl: a revocation list, which is not checked here (expected: none)");
        }
        return new SecretResource.Trust(sources.pem(where.field("trusted_ca"), context.getTrustedCa()), "");
    }
}
