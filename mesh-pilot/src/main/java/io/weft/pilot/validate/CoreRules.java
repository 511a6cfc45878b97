package io.weft.pilot.validate;

import io.weft.pilot.model.Names;
import io.weft.pilot.model.Secret;
import io.weft.pilot.model.SecretValue;
import io.weft.pilot.model.Service;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Rules of v1 Service and v1 Secret. */
final class CoreRules {

    private static final String TLS_TYPE = "kubernetes.io/tls";

    /** Somebody who puts back what he got must not lose his key by it. */
    private static final byte[] REDACTED = "<redacted>".getBytes(StandardCharsets.UTF_8);

    private CoreRules() {}

    static void service(Service object, Check check) {
        check.label("metadata.name", object.name());
        boolean mayBePortless = object.headless() || object.externalName() != null;
        if (object.ports().isEmpty() && !mayBePortless) {
            check.missing("spec.ports", "at least one port");
        }
        Set<String> names = new HashSet<>();
        Set<String> numbers = new HashSet<>();
        for (int i = 0; i < object.ports().size(); i++) {
            Service.Port port = object.ports().get(i);
            String path = "spec.ports[" + i + "]";
            check.port(path + ".port", port.port());
            check.port(path + ".targetPort", port.targetPort());
            if (port.targetPortName() != null && !isPortName(port.targetPortName())) {
                check.expected(path + ".targetPort", port.targetPortName(), "a port's number or name (a-z, 0-9, -)");
            }
            check.label(path + ".name", port.name());
            if (port.name() == null && object.ports().size() > 1) {
                check.missing(path + ".name", "a name, as there are several ports");
            }
            if (port.name() != null && !names.add(port.name())) {
                check.expected(path + ".name", port.name(), "a name no other port has");
            }
            if (!numbers.add(port.transport() + port.port())) {
                check.expected(path + ".port", port.port(), "a number no other port has");
            }
        }
        check.labels("spec.selector", object.selector());
        for (int i = 0; i < object.clusterIps().size(); i++) {
            if (!Hosts.isIp(object.clusterIps().get(i))) {
                check.expected("spec.clusterIPs[" + i + "]", object.clusterIps().get(i), "an IP address or None");
            }
        }
        if (object.externalName() != null) {
            check.plainHost("spec.externalName", object.externalName());
        }
    }

    private static boolean isPortName(String name) {
        return Names.isLabel(name) && name.length() <= 63;
    }

    static void secret(Secret object, Check check) {
        object.data().forEach((key, value) -> {
            if (Arrays.equals(value.bytes(), REDACTED)) {
                check.fail("stringData." + key, "what REST shows in a value's place (expected: the value)");
            }
        });
        for (String key : object.data().keySet()) {
            boolean fits = !key.isEmpty()
                    && key.length() <= 253
                    && key.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "-_.".indexOf(c) >= 0));
            if (!fits) {
                check.expected("data", key, "a key of letters, digits, -, _ and .");
            }
        }
        if (TLS_TYPE.equals(object.type())) {
            tls(object, check);
        }
    }

    private static void tls(Secret object, Check check) {
        SecretValue certificate = object.data().get("tls.crt");
        if (certificate == null) {
            check.missing("data.tls.crt", "a certificate chain in PEM, as type is " + TLS_TYPE);
        } else if (!isCertificate(certificate.bytes())) {
            check.fail("data.tls.crt", "not readable (expected: a certificate chain in PEM)");
        }
        if (object.data().get("tls.key") == null) {
            check.missing("data.tls.key", "a private key in PEM, as type is " + TLS_TYPE);
        }
    }

    private static boolean isCertificate(byte[] pem) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return !factory.generateCertificates(new ByteArrayInputStream(pem)).isEmpty();
        } catch (CertificateException unreadable) {
            return false;
        }
    }
}
