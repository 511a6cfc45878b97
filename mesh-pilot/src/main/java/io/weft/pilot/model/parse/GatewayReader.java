package io.weft.pilot.model.parse;

import io.weft.pilot.model.Gateway;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.model.ServerTls;

/** Reads a Gateway's {@code spec}. */
final class GatewayReader {

    private GatewayReader() {}

    static Gateway read(ObjectMeta meta, Fields spec) {
        return new Gateway(meta, spec.list("servers", GatewayReader::server), spec.stringMap("selector"));
    }

    private static Gateway.Server server(Fields fields) {
        fields.unsupported("defaultEndpoint");
        return new Gateway.Server(
                fields.requiredChild("port", GatewayReader::port),
                fields.string("bind"),
                fields.strings("hosts"),
                fields.child("tls", GatewayReader::tls),
                fields.string("name"));
    }

    private static Gateway.Port port(Fields fields) {
        fields.unsupported("targetPort");
        int number = fields.requiredInteger("number");
        String name = fields.requiredString("name");
        Protocol protocol = CommonReaders.protocol(fields, "protocol");
        if (!fields.has("protocol")) {
            fields.problems().add(Problem.missing(fields.path("protocol"), "HTTP, HTTPS, HTTP2, GRPC, TLS or TCP"));
        }
        return new Gateway.Port(number, name, protocol);
    }

    static ServerTls tls(Fields fields) {
        fields.unsupported(
                "caCrl",
                "credentialNames",
                "caCertCredentialName",
                "tlsCertificates",
                "verifyCertificateSpki",
                "verifyCertificateHash");
        return new ServerTls(
                fields.flag("httpsRedirect"),
                fields.choice("mode", ServerTls.Mode.class),
                fields.string("serverCertificate"),
                fields.string("privateKey"),
                fields.string("caCertificates"),
                fields.string("credentialName"),
                fields.strings("subjectAltNames"),
                fields.choice("minProtocolVersion", ServerTls.TlsVersion.class),
                fields.choice("maxProtocolVersion", ServerTls.TlsVersion.class),
                fields.strings("cipherSuites"));
    }
}
