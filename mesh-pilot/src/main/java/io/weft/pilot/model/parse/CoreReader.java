package io.weft.pilot.model.parse;

import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.Secret;
import io.weft.pilot.model.SecretValue;
import io.weft.pilot.model.Service;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads Kubernetes' own kinds: v1 Service and v1 Secret. */
final class CoreReader {

    private CoreReader() {}

    static Service service(ObjectMeta meta, Fields spec) {
        // What concerns kube-proxy and cloud load balancers changes nothing in the mesh.
        spec.ignored(
                "sessionAffinity",
                "sessionAffinityConfig",
                "ipFamilies",
                "ipFamilyPolicy",
                "internalTrafficPolicy",
                "externalTrafficPolicy",
                "externalIPs",
                "loadBalancerIP",
                "loadBalancerClass",
                "loadBalancerSourceRanges",
                "allocateLoadBalancerNodePorts",
                "healthCheckNodePort",
                "publishNotReadyAddresses",
                "trafficDistribution");
        ServiceType type = spec.choice("type", ServiceType.class);
        String clusterIp = spec.string("clusterIP");
        List<String> ips = new ArrayList<>(spec.strings("clusterIPs"));
        if (clusterIp != null && !clusterIp.isEmpty() && !ips.contains(clusterIp)) {
            ips.add(0, clusterIp);
        }
        boolean headless = ips.remove("None");
        String externalName = spec.string("externalName");
        if (type == ServiceType.ExternalName && externalName == null) {
            spec.problems().add(Problem.missing(spec.path("externalName"), "a DNS name, as type is ExternalName"));
        }
        return new Service(
                meta,
                spec.list("ports", CoreReader::port),
                spec.stringMap("selector"),
                ips,
                headless,
                type == ServiceType.ExternalName ? externalName : null);
    }

    private static Service.Port port(Fields fields) {
        fields.ignored("nodePort");
        Transport transport = fields.choice("protocol", Transport.class);
        Object target = fields.any("targetPort");
        Integer targetPort = null;
        String targetName = null;
        if (target instanceof Long number && number == number.intValue()) {
            targetPort = number.intValue();
        } else if (target instanceof String name) {
            targetName = name;
        } else if (target != null) {
            fields.problems().add(Problem.expected(fields.path("targetPort"), target, "a port's number or name"));
        }
        return new Service.Port(
                fields.string("name"),
                fields.requiredInteger("port"),
                targetPort,
                targetName,
                (transport == null ? Transport.TCP : transport).name(),
                fields.string("appProtocol"));
    }

    /** A Secret has no {@code spec}: its fields are the object's own. */
    static Secret secret(ObjectMeta meta, Fields top) {
        top.ignored("immutable");
        Map<String, SecretValue> values = new LinkedHashMap<>();
        top.stringMap("data").forEach((key, encoded) -> {
            byte[] decoded = decode(encoded);
            if (decoded == null) {
                // Never show the value.
                top.problems().add(new Problem(top.path("data") + "." + key, "not base64 (expected: base64)"));
            } else {
                values.put(key, new SecretValue(decoded));
            }
        });
        top.stringMap("stringData")
                .forEach((key, text) -> values.put(key, new SecretValue(text.getBytes(StandardCharsets.UTF_8))));
        return new Secret(meta, top.string("type"), values);
    }

    private static byte @Nullable [] decode(String encoded) {
        try {
            // Folded YAML puts line breaks or blanks into long values.
            return Base64.getMimeDecoder().decode(requireBase64(encoded));
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    private static String requireBase64(String encoded) {
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            boolean fits = c < 128 && (Character.isLetterOrDigit(c) || Character.isWhitespace(c) || "+/=".indexOf(c) >= 0);
            if (!fits) {
                throw new IllegalArgumentException("not base64");
            }
        }
        return encoded;
    }

    private enum ServiceType {
        ClusterIP,
        NodePort,
        LoadBalancer,
        ExternalName
    }

    private enum Transport {
        TCP,
        UDP,
        SCTP
    }
}
