package io.weft.pilot.validate;

import io.weft.pilot.model.Destination;
import io.weft.pilot.model.Names;
import io.weft.pilot.model.OutboundMode;
import io.weft.pilot.model.Sidecar;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules of a Sidecar. */
final class SidecarRules {

    private SidecarRules() {}

    static void check(Sidecar object, Check check) {
        check.labels("spec.workloadSelector.labels", object.workloadSelector());
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < object.ingress().size(); i++) {
            ingress("spec.ingress[" + i + "]", object.ingress().get(i), ports, check);
        }
        for (int i = 0; i < object.egress().size(); i++) {
            String path = "spec.egress[" + i + "]";
            egress(path, object.egress().get(i), check);
            if (object.egress().get(i).port() == null && i < object.egress().size() - 1) {
                check.missing(path + ".port", "a port; only the last egress listener may be the catch-all");
            }
        }
        DestinationRuleRules.pool("spec.inboundConnectionPool", object.inboundConnectionPool(), check);
        Sidecar.OutboundTrafficPolicy outbound = object.outboundTrafficPolicy();
        if (outbound != null && outbound.egressProxy() != null) {
            egressProxy("spec.outboundTrafficPolicy.egressProxy", outbound, outbound.egressProxy(), check);
        }
    }

    private static void egressProxy(String path, Sidecar.OutboundTrafficPolicy outbound, Destination proxy, Check check) {
        VirtualServiceRules.destination(path, proxy, check);
        if (proxy.port() == null) {
            check.missing(path + ".port.number", "a port of " + proxy.host());
        }
        if (outbound.mode() != OutboundMode.ALLOW_ANY) {
            check.fail(path, "beside mode " + outbound.mode() + " (expected: mode ALLOW_ANY, or no proxy: nothing unknown goes out)");
        }
    }

    private static void ingress(String path, Sidecar.Ingress ingress, Set<Integer> ports, Check check) {
        check.port(path + ".port.number", ingress.port().number());
        if (!ports.add(ingress.port().number())) {
            check.expected(path + ".port.number", ingress.port().number(), "a number no other ingress has");
        }
        bind(path + ".bind", ingress.bind(), check);
        captureMode(path + ".captureMode", ingress.captureMode(), check);
        endpoint(path + ".defaultEndpoint", ingress.defaultEndpoint(), check);
        if (ingress.tls() != null) {
            // Serving the mesh's own TLS, or none, where a user asked for another would be a door its author did not mean.
            check.fail(path + ".tls", "is not supported by this mesh-pilot (expected: unset)");
        }
        DestinationRuleRules.pool(path + ".connectionPool", ingress.connectionPool(), check);
    }

    private static void bind(String path, @Nullable String bind, Check check) {
        if (bind != null && !bind.isEmpty() && !Hosts.isIp(bind)) {
            check.expected(path, bind, "an IP address");
        }
    }

    private static void captureMode(String path, Sidecar.@Nullable CaptureMode mode, Check check) {
        if (mode == Sidecar.CaptureMode.IPTABLES) {
            check.expected(path, mode, "DEFAULT or NONE: nothing is captured here, a sidecar binds its ports, and its app calls out by HTTP_PROXY or by a bound egress port");
        }
    }

    /** Only the workload's own app: anything else would make a sidecar a way into the network. */
    private static void endpoint(String path, @Nullable String endpoint, Check check) {
        if (endpoint == null || endpoint.isEmpty()) {
            return;
        }
        if (endpoint.startsWith("unix:///") || endpoint.startsWith("unix://@")) {
            check.headerValue(path, endpoint);
            return;
        }
        int colon = endpoint.lastIndexOf(':');
        String host = colon < 0 ? "" : endpoint.substring(0, colon);
        boolean own = Set.of("127.0.0.1", "0.0.0.0", "[::1]", "[::]").contains(host);
        String digits = endpoint.substring(colon + 1);
        boolean port = !digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!own || !port || Integer.parseInt(digits) < 1 || Integer.parseInt(digits) > 65_535) {
            check.expected(path, endpoint, "127.0.0.1:PORT, 0.0.0.0:PORT or unix:///PATH");
        }
    }

    private static void egress(String path, Sidecar.Egress egress, Check check) {
        if (egress.port() != null) {
            check.port(path + ".port.number", egress.port().number());
        }
        bind(path + ".bind", egress.bind(), check);
        captureMode(path + ".captureMode", egress.captureMode(), check);
        if (egress.hosts().isEmpty()) {
            check.missing(path + ".hosts", "at least one namespace/host");
        }
        for (int i = 0; i < egress.hosts().size(); i++) {
            host(path + ".hosts[" + i + "]", egress.hosts().get(i), check);
        }
    }

    private static void host(String path, String host, Check check) {
        int slash = host.indexOf('/');
        String namespace = slash < 0 ? "" : host.substring(0, slash);
        boolean word = Set.of("*", ".", "~").contains(namespace);
        boolean excluded = namespace.length() > 1 && namespace.startsWith("~");
        if (!word && !Names.isLabel(excluded ? namespace.substring(1) : namespace)) {
            check.expected(path, host, "namespace/host, the namespace a name, *, . or ~");
            return;
        }
        check.host(path, host.substring(slash + 1));
    }
}
