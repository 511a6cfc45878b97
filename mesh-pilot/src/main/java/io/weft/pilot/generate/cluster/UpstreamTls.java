package io.weft.pilot.generate.cluster;

import static io.weft.pilot.generate.proto.Proto.any;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.TransportSocketMatch;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.weft.pilot.generate.proto.Matchers;
import io.weft.pilot.generate.proto.MetadataExchange;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.model.ClientTls;
import java.util.Collection;
import java.util.List;

/** Transport sockets towards upstreams. */
final class UpstreamTls {

    static final String MATCH_KEY = "tlsMode";
    static final String ISTIO = "istio";

    /** What is offered to proxies of the mesh. Filter chains for mesh mTLS are chosen by these names. */
    static final List<String> HTTP1 = List.of(ISTIO, "istio-http/1.1");
    static final List<String> HTTP2 = List.of(ISTIO, "istio-h2", "h2");
    static final List<String> BYTES = List.of(MetadataExchange.PROTOCOL, ISTIO);

    private static final String TLS = "envoy.transport_sockets.tls";
    /** Where Debian and its like keep the authorities every program trusts; Envoy's own documentation uses this path. */
    private static final String SYSTEM_ROOTS = "/etc/ssl/certs/ca-certificates.crt";

    private UpstreamTls() {}

    /** Mesh mTLS to endpoints with a sidecar, plain to the others. */
    static List<TransportSocketMatch> automatic(String sni, List<String> alpn, Collection<String> accounts) {
        TransportSocketMatch istio = TransportSocketMatch.newBuilder()
                .setName("tlsMode-istio")
                .setMatch(Struct.newBuilder().putFields(MATCH_KEY, Value.newBuilder().setStringValue(ISTIO).build()))
                .setTransportSocket(mesh(sni, alpn, accounts))
                .build();
        TransportSocketMatch disabled = TransportSocketMatch.newBuilder()
                .setName("tlsMode-disabled")
                .setMatch(Struct.getDefaultInstance())
                .setTransportSocket(raw())
                .build();
        return List.of(istio, disabled);
    }

    /** The workload's own certificate; the server must be one of the accounts. Without any account nobody can be it. */
    static TransportSocket mesh(String sni, List<String> alpn, Collection<String> accounts) {
        CertificateValidationContext.Builder validation = CertificateValidationContext.newBuilder();
        if (accounts.isEmpty()) {
            validation.addMatchTypedSubjectAltNames(uri("spiffe://no-account-is-known-for-this-service"));
        }
        accounts.forEach(account -> validation.addMatchTypedSubjectAltNames(uri(account)));
        CommonTlsContext.Builder common = CommonTlsContext.newBuilder()
                .setTlsParams(TlsParameters.newBuilder()
                        .setTlsMinimumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_2)
                        .setTlsMaximumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_3))
                .addTlsCertificateSdsSecretConfigs(SdsSecretConfig.newBuilder().setName("default"))
                .setCombinedValidationContext(CommonTlsContext.CombinedCertificateValidationContext.newBuilder()
                        .setDefaultValidationContext(validation)
                        .setValidationContextSdsSecretConfig(SdsSecretConfig.newBuilder().setName("ROOTCA")))
                .addAllAlpnProtocols(alpn);
        return socket(UpstreamTlsContext.newBuilder().setCommonTlsContext(common).setSni(sni).build());
    }

    /** TLS as a DestinationRule asks for it, towards servers that are not the mesh's. */
    static TransportSocket simple(ClientTls tls, String host, Collection<String> accounts, boolean http2) {
        CommonTlsContext.Builder common = CommonTlsContext.newBuilder()
                .setTlsParams(TlsParameters.newBuilder().setTlsMinimumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_2));
        if (!Boolean.TRUE.equals(tls.insecureSkipVerify())) {
            common.setValidationContext(validation(tls, host, accounts));
        }
        String certificate = tls.clientCertificate();
        String key = tls.privateKey();
        if (tls.mode() == ClientTls.Mode.MUTUAL && certificate != null && key != null) {
            common.addTlsCertificates(TlsCertificate.newBuilder()
                    .setCertificateChain(file(certificate))
                    .setPrivateKey(file(key)));
        }
        common.addAlpnProtocols(http2 ? "h2" : "http/1.1");
        String sni = sni(tls, host);
        UpstreamTlsContext.Builder context = UpstreamTlsContext.newBuilder().setCommonTlsContext(common);
        if (!sni.startsWith("*")) {
            context.setSni(sni);
        }
        return socket(context.build());
    }

    private static String sni(ClientTls tls, String host) {
        return tls.sni() == null || tls.sni().isEmpty() ? host : tls.sni();
    }

    /** Whether the name sent, and the one checked, is that of each request: the rule is for many hosts and names none. */
    static boolean asksByRequest(ClientTls tls, String host) {
        boolean originates = tls.mode() == ClientTls.Mode.SIMPLE || tls.mode() == ClientTls.Mode.MUTUAL;
        return originates && sni(tls, host).startsWith("*");
    }

    /** Who the server must be: one of the rule's names, else of the service's own, else the host itself, else the name that is asked for. */
    private static CertificateValidationContext validation(ClientTls tls, String host, Collection<String> accounts) {
        String roots = tls.caCertificates();
        boolean system = roots == null || roots.isEmpty() || roots.equals("system");
        CertificateValidationContext.Builder validation =
                CertificateValidationContext.newBuilder().setTrustedCa(file(system ? SYSTEM_ROOTS : roots));
        Collection<String> names = tls.subjectAltNames().isEmpty() ? accounts : tls.subjectAltNames();
        if (!names.isEmpty()) {
            for (String name : names) {
                validation.addMatchTypedSubjectAltNames(
                        name.contains("://") ? uri(name) : dns(name));
            }
        } else if (!host.startsWith("*")) {
            validation.addMatchTypedSubjectAltNames(dns(host));
        } else if (!sni(tls, host).startsWith("*")) {
            validation.addMatchTypedSubjectAltNames(dns(sni(tls, host)));
        }
        return validation.build();
    }

    static TransportSocket raw() {
        return TransportSocket.newBuilder()
                .setName("envoy.transport_sockets.raw_buffer")
                .setTypedConfig(any(RawBuffer.getDefaultInstance()))
                .build();
    }

    private static SubjectAltNameMatcher uri(String value) {
        return SubjectAltNameMatcher.newBuilder()
                .setSanType(SubjectAltNameMatcher.SanType.URI)
                .setMatcher(Matchers.exact(value))
                .build();
    }

    private static SubjectAltNameMatcher dns(String value) {
        return SubjectAltNameMatcher.newBuilder()
                .setSanType(SubjectAltNameMatcher.SanType.DNS)
                .setMatcher(Matchers.exact(value))
                .build();
    }

    private static DataSource file(String path) {
        return DataSource.newBuilder().setFilename(path).build();
    }

    private static TransportSocket socket(UpstreamTlsContext context) {
        return TransportSocket.newBuilder().setName(TLS).setTypedConfig(Proto.any(context)).build();
    }
}
