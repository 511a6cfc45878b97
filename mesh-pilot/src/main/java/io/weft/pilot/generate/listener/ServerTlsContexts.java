package io.weft.pilot.generate.listener;

import static io.weft.pilot.generate.proto.Proto.any;
import static io.weft.pilot.generate.proto.Proto.bool;

import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.weft.pilot.generate.proto.Matchers;
import io.weft.pilot.generate.proto.MetadataExchange;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.generate.secret.GatewaySecrets;
import io.weft.pilot.model.ServerTls;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** TLS as a server. */
final class ServerTlsContexts {

    /** What peers of the mesh offer; a filter chain for mesh mTLS is chosen by it. */
    static final List<String> MESH_ALPN = List.of("istio", "istio-h2", "istio-http/1.1", MetadataExchange.PROTOCOL);

    private ServerTlsContexts() {}

    /**
     * The workload's own certificate, and a client certificate of this trust domain.
     *
     * @param exchanging bytes begin with both sides saying who they are, if the client agrees
     */
    static TransportSocket mesh(String trustDomain, boolean http, boolean exchanging) {
        CommonTlsContext.Builder common = CommonTlsContext.newBuilder()
                .setTlsParams(versions(null))
                .addTlsCertificateSdsSecretConfigs(SdsSecretConfig.newBuilder().setName("default"))
                .setCombinedValidationContext(CommonTlsContext.CombinedCertificateValidationContext.newBuilder()
                        .setDefaultValidationContext(CertificateValidationContext.newBuilder()
                                .addMatchTypedSubjectAltNames(SubjectAltNameMatcher.newBuilder()
                                        .setSanType(SubjectAltNameMatcher.SanType.URI)
                                        .setMatcher(Matchers.prefix("spiffe://" + trustDomain + "/"))))
                        .setValidationContextSdsSecretConfig(SdsSecretConfig.newBuilder().setName("ROOTCA")));
        if (http) {
            // h2 first: an Envoy takes its codec from exactly this name.
            common.addAlpnProtocols("h2").addAlpnProtocols("istio-http/1.1").addAlpnProtocols("http/1.1");
        } else if (exchanging) {
            common.addAlpnProtocols(MetadataExchange.PROTOCOL);
        }
        common.addAlpnProtocols("istio");
        return socket(DownstreamTlsContext.newBuilder()
                .setCommonTlsContext(common)
                .setRequireClientCertificate(bool(true))
                .build());
    }

    /** A gateway's; empty when TLS is not ended here, or nothing names a certificate. */
    static Optional<TransportSocket> gateway(ServerTls tls, String trustDomain, boolean http, boolean exchanging) {
        ServerTls.Mode mode = tls.mode() == null ? ServerTls.Mode.PASSTHROUGH : tls.mode();
        return switch (mode) {
            case ISTIO_MUTUAL -> Optional.of(mesh(trustDomain, http, exchanging));
            case SIMPLE, MUTUAL, OPTIONAL_MUTUAL -> named(tls, mode, http);
            case PASSTHROUGH, AUTO_PASSTHROUGH -> Optional.empty();
        };
    }

    private static Optional<TransportSocket> named(ServerTls tls, ServerTls.Mode mode, boolean http) {
        String credential = tls.credentialName();
        CommonTlsContext.Builder common = CommonTlsContext.newBuilder().setTlsParams(versions(tls));
        if (http) {
            common.addAlpnProtocols("h2").addAlpnProtocols("http/1.1");
        }
        boolean asks = mode != ServerTls.Mode.SIMPLE;
        if (credential != null && !credential.isEmpty()) {
            secrets(common, tls, credential, asks);
        } else if (!files(common, tls, asks)) {
            return Optional.empty();
        }
        return Optional.of(socket(DownstreamTlsContext.newBuilder()
                .setCommonTlsContext(common)
                .setRequireClientCertificate(bool(mode == ServerTls.Mode.MUTUAL))
                .build()));
    }

    /** @param asks clients are asked for a certificate */
    private static void secrets(CommonTlsContext.Builder common, ServerTls tls, String credential, boolean asks) {
        common.addTlsCertificateSdsSecretConfigs(sds(GatewaySecrets.certificate(credential)));
        if (asks) {
            common.setCombinedValidationContext(CommonTlsContext.CombinedCertificateValidationContext.newBuilder()
                    .setDefaultValidationContext(clients(tls))
                    .setValidationContextSdsSecretConfig(sds(GatewaySecrets.authority(credential))));
        }
    }

    /** On the gateway's own disk. False when one that is needed is not named. */
    private static boolean files(CommonTlsContext.Builder common, ServerTls tls, boolean asks) {
        String authority = tls.caCertificates();
        if (tls.serverCertificate() == null || tls.privateKey() == null || asks && authority == null) {
            return false;
        }
        common.addTlsCertificates(TlsCertificate.newBuilder()
                .setCertificateChain(file(tls.serverCertificate()))
                .setPrivateKey(file(tls.privateKey())));
        if (asks) {
            common.setValidationContext(clients(tls).setTrustedCa(file(authority)));
        }
        return true;
    }

    /** Who a client may be. */
    private static CertificateValidationContext.Builder clients(ServerTls tls) {
        CertificateValidationContext.Builder clients = CertificateValidationContext.newBuilder();
        for (String name : tls.subjectAltNames()) {
            clients.addMatchTypedSubjectAltNames(SubjectAltNameMatcher.newBuilder()
                    .setSanType(name.contains("://") ? SubjectAltNameMatcher.SanType.URI : SubjectAltNameMatcher.SanType.DNS)
                    .setMatcher(Matchers.exact(name)));
        }
        return clients;
    }

    private static DataSource file(String path) {
        return DataSource.newBuilder().setFilename(path).build();
    }

    private static SdsSecretConfig sds(String name) {
        return SdsSecretConfig.newBuilder().setName(name).setSdsConfig(Proto.ads()).build();
    }

    private static TlsParameters versions(@Nullable ServerTls tls) {
        TlsParameters.Builder versions = TlsParameters.newBuilder()
                .setTlsMinimumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_2)
                .setTlsMaximumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_3);
        if (tls == null) {
            return versions.build();
        }
        if (tls.minProtocolVersion() != null && tls.minProtocolVersion() != ServerTls.TlsVersion.TLS_AUTO) {
            versions.setTlsMinimumProtocolVersion(version(tls.minProtocolVersion()));
        }
        if (tls.maxProtocolVersion() != null && tls.maxProtocolVersion() != ServerTls.TlsVersion.TLS_AUTO) {
            versions.setTlsMaximumProtocolVersion(version(tls.maxProtocolVersion()));
        }
        return versions.addAllCipherSuites(tls.cipherSuites()).build();
    }

    private static TlsParameters.TlsProtocol version(ServerTls.TlsVersion version) {
        return switch (version) {
            case TLSV1_0 -> TlsParameters.TlsProtocol.TLSv1_0;
            case TLSV1_1 -> TlsParameters.TlsProtocol.TLSv1_1;
            case TLSV1_3 -> TlsParameters.TlsProtocol.TLSv1_3;
            case TLSV1_2, TLS_AUTO -> TlsParameters.TlsProtocol.TLSv1_2;
        };
    }

    private static TransportSocket socket(DownstreamTlsContext context) {
        return TransportSocket.newBuilder()
                .setName("envoy.transport_sockets.tls")
                .setTypedConfig(any(context))
                .build();
    }
}
