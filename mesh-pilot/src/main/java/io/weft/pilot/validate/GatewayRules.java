package io.weft.pilot.validate;

import io.weft.pilot.model.Gateway;
import io.weft.pilot.model.Names;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.model.ServerTls;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules of a Gateway. */
final class GatewayRules {

    /** Who writes Gateways is not who may read the mesh's own key. */
    private static final String AUTHORITY_SECRET = "istio-ca-secret";

    private GatewayRules() {}

    static void check(Gateway object, Check check) {
        if (object.servers().isEmpty()) {
            check.missing("spec.servers", "at least one server");
        }
        check.labels("spec.selector", object.selector());
        Set<String> names = new HashSet<>();
        for (int i = 0; i < object.servers().size(); i++) {
            Gateway.Server server = object.servers().get(i);
            String path = "spec.servers[" + i + "]";
            server(path, server, check);
            if (!names.add(server.port().name())) {
                check.expected(path + ".port.name", server.port().name(), "a name no other server has");
            }
        }
    }

    private static void server(String path, Gateway.Server server, Check check) {
        check.port(path + ".port.number", server.port().number());
        Protocol protocol = server.port().protocol();
        if (protocol == Protocol.UDP) {
            check.expected(path + ".port.protocol", protocol, "HTTP, HTTPS, HTTP2, GRPC, TLS or TCP");
        }
        if (server.hosts().isEmpty()) {
            check.missing(path + ".hosts", "at least one host");
        }
        for (int i = 0; i < server.hosts().size(); i++) {
            scopedHost(path + ".hosts[" + i + "]", server.hosts().get(i), check);
        }
        if (server.bind() != null && !server.bind().isEmpty() && !Hosts.isIp(server.bind())) {
            check.expected(path + ".bind", server.bind(), "an IP address");
        }
        ServerTls tls = server.tls();
        if (protocol.isTls() && tls == null) {
            check.missing(path + ".tls", "TLS settings, as the protocol is " + protocol);
        }
        if (tls != null) {
            tls(path + ".tls", tls, protocol, check);
        }
    }

    /** {@code host} or {@code namespace/host}; the namespace may be {@code *} or {@code .}. */
    private static void scopedHost(String path, String host, Check check) {
        int slash = host.indexOf('/');
        if (slash >= 0) {
            String namespace = host.substring(0, slash);
            if (!namespace.equals("*") && !namespace.equals(".") && !Names.isLabel(namespace)) {
                check.expected(path, host, "namespace/host, the namespace a name, * or .");
            }
        }
        check.host(path, host.substring(slash + 1));
    }

    static void tls(String path, ServerTls tls, @Nullable Protocol protocol, Check check) {
        if (tls.httpsRedirect() && protocol != null && protocol.isTls()) {
            check.expected(path + ".httpsRedirect", true, "only on a plain HTTP port");
        }
        boolean ends = protocol == null || protocol.isTls() || protocol.isTcp();
        if (protocol != null && protocol.isHttp() && tls.mode() != null) {
            check.expected(path + ".mode", tls.mode(), "unset, as the protocol is " + protocol);
        }
        ServerTls.Mode mode = tls.mode();
        boolean ownCertificate = mode == ServerTls.Mode.SIMPLE
                || mode == ServerTls.Mode.MUTUAL
                || mode == ServerTls.Mode.OPTIONAL_MUTUAL;
        if (ends && ownCertificate && tls.credentialName() == null) {
            if (tls.serverCertificate() == null) {
                check.missing(path + ".credentialName", "a Secret, or serverCertificate and privateKey");
            }
            if (tls.serverCertificate() != null && tls.privateKey() == null) {
                check.missing(path + ".privateKey", "a file beside serverCertificate");
            }
            if (mode != ServerTls.Mode.SIMPLE && tls.caCertificates() == null) {
                check.missing(path + ".caCertificates", "a file, as mode is " + mode);
            }
        }
        if (mode == ServerTls.Mode.ISTIO_MUTUAL && (tls.serverCertificate() != null || tls.credentialName() != null)) {
            check.fail(path, "a certificate beside ISTIO_MUTUAL (expected: none, the mesh's own is used)");
        }
        if (tls.credentialName() != null && tls.credentialName().contains("://")) {
            check.expected(path + ".credentialName", tls.credentialName(), "the name of a Secret in the gateway's own namespace; no other place can be named");
        }
        if (AUTHORITY_SECRET.equals(tls.credentialName())) {
            check.expected(path + ".credentialName", tls.credentialName(), "a Secret with a server's certificate; this one is mesh-ca's key");
        }
        ServerTls.TlsVersion min = tls.minProtocolVersion();
        ServerTls.TlsVersion max = tls.maxProtocolVersion();
        if (min != null && max != null && max != ServerTls.TlsVersion.TLS_AUTO && min.compareTo(max) > 0) {
            check.expected(path + ".minProtocolVersion", min, "not above maxProtocolVersion " + max);
        }
    }
}
