package io.weft.pilot.validate;

import io.weft.pilot.model.AuthorizationPolicy;
import io.weft.pilot.model.PeerAuthentication;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rules of PeerAuthentication and AuthorizationPolicy. */
final class SecurityRules {

    private static final Set<String> CONDITION_KEYS = Set.of(
            "source.ip",
            "remote.ip",
            "source.namespace",
            "source.serviceAccount",
            "source.principal",
            "source.trustDomain",
            "destination.ip",
            "destination.port",
            "connection.sni");

    private SecurityRules() {}

    static void peerAuthentication(PeerAuthentication object, Check check) {
        check.labels("spec.selector.matchLabels", object.selector());
        Map<String, String> selector = object.selector();
        boolean selects = selector != null && !selector.isEmpty();
        if (!object.portLevelMtls().isEmpty() && !selects) {
            check.fail("spec.portLevelMtls", "set without a selector (expected: a selector beside it)");
        }
        object.portLevelMtls().keySet().forEach(port -> check.port("spec.portLevelMtls." + port, port));
    }

    static void authorizationPolicy(AuthorizationPolicy object, Check check) {
        check.labels("spec.selector.matchLabels", object.selector());
        if ("true".equals(object.meta().annotations().get("istio.io/dry-run"))) {
            // Enforcing what its author only wants to try would be an outage.
            check.fail("metadata.annotations", "istio.io/dry-run is not supported by this mesh-pilot (expected: unset)");
        }
        for (int i = 0; i < object.rules().size(); i++) {
            AuthorizationPolicy.Rule rule = object.rules().get(i);
            String path = "spec.rules[" + i + "]";
            for (int j = 0; j < rule.from().size(); j++) {
                source(path + ".from[" + j + "].source", rule.from().get(j), check);
            }
            for (int j = 0; j < rule.to().size(); j++) {
                operation(path + ".to[" + j + "].operation", rule.to().get(j), check);
            }
            for (int j = 0; j < rule.when().size(); j++) {
                condition(path + ".when[" + j + "]", rule.when().get(j), check);
            }
        }
    }

    private static void source(String path, AuthorizationPolicy.Source source, Check check) {
        List<List<String>> all = List.of(
                source.principals(),
                source.notPrincipals(),
                source.requestPrincipals(),
                source.notRequestPrincipals(),
                source.namespaces(),
                source.notNamespaces(),
                source.ipBlocks(),
                source.notIpBlocks(),
                source.remoteIpBlocks(),
                source.notRemoteIpBlocks(),
                source.serviceAccounts(),
                source.notServiceAccounts());
        if (all.stream().allMatch(List::isEmpty)) {
            check.missing(path, "at least one field");
        }
        jwt(path + ".requestPrincipals", source.requestPrincipals(), check);
        jwt(path + ".notRequestPrincipals", source.notRequestPrincipals(), check);
        filled(path + ".principals", source.principals(), check);
        filled(path + ".notPrincipals", source.notPrincipals(), check);
        filled(path + ".namespaces", source.namespaces(), check);
        filled(path + ".notNamespaces", source.notNamespaces(), check);
        filled(path + ".serviceAccounts", source.serviceAccounts(), check);
        filled(path + ".notServiceAccounts", source.notServiceAccounts(), check);
        blocks(path + ".ipBlocks", source.ipBlocks(), check);
        blocks(path + ".notIpBlocks", source.notIpBlocks(), check);
        blocks(path + ".remoteIpBlocks", source.remoteIpBlocks(), check);
        blocks(path + ".notRemoteIpBlocks", source.notRemoteIpBlocks(), check);
        boolean accounts = !source.serviceAccounts().isEmpty() || !source.notServiceAccounts().isEmpty();
        boolean others = !source.principals().isEmpty()
                || !source.notPrincipals().isEmpty()
                || !source.namespaces().isEmpty()
                || !source.notNamespaces().isEmpty();
        if (accounts && others) {
            check.fail(path, "serviceAccounts beside principals or namespaces (expected: only one of them)");
        }
    }

    /** Silently matching never (or always) would open or shut a door its author did not mean. */
    private static void jwt(String path, List<String> values, Check check) {
        if (!values.isEmpty()) {
            check.fail(path, "needs RequestAuthentication, which this mesh-pilot does not support (expected: unset)");
        }
    }

    private static void operation(String path, AuthorizationPolicy.Operation operation, Check check) {
        List<List<String>> all = List.of(
                operation.hosts(),
                operation.notHosts(),
                operation.ports(),
                operation.notPorts(),
                operation.methods(),
                operation.notMethods(),
                operation.paths(),
                operation.notPaths());
        if (all.stream().allMatch(List::isEmpty)) {
            check.missing(path, "at least one field");
        }
        filled(path + ".hosts", operation.hosts(), check);
        filled(path + ".notHosts", operation.notHosts(), check);
        filled(path + ".methods", operation.methods(), check);
        filled(path + ".notMethods", operation.notMethods(), check);
        ports(path + ".ports", operation.ports(), check);
        ports(path + ".notPorts", operation.notPorts(), check);
        paths(path + ".paths", operation.paths(), check);
        paths(path + ".notPaths", operation.notPaths(), check);
    }

    private static void condition(String path, AuthorizationPolicy.Condition condition, Check check) {
        String key = condition.key();
        boolean header = key.startsWith("request.headers[")
                && key.endsWith("]")
                && Check.isToken(key.substring("request.headers[".length(), key.length() - 1));
        if (!header && !CONDITION_KEYS.contains(key)) {
            check.expected(path + ".key", key, "request.headers[NAME] or one of " + CONDITION_KEYS.stream().sorted().toList());
        }
        if (condition.values().isEmpty() && condition.notValues().isEmpty()) {
            check.missing(path, "values or notValues");
        }
        if (key.equals("source.ip") || key.equals("remote.ip") || key.equals("destination.ip")) {
            blocks(path + ".values", condition.values(), check);
            blocks(path + ".notValues", condition.notValues(), check);
        } else if (key.equals("destination.port")) {
            ports(path + ".values", condition.values(), check);
            ports(path + ".notValues", condition.notValues(), check);
        } else {
            filled(path + ".values", condition.values(), check);
            filled(path + ".notValues", condition.notValues(), check);
        }
    }

    private static void filled(String path, List<String> values, Check check) {
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i).isEmpty()) {
                check.fail(path + "[" + i + "]", "empty (expected: a value)");
            }
        }
    }

    private static void blocks(String path, List<String> blocks, Check check) {
        for (int i = 0; i < blocks.size(); i++) {
            check.ipOrCidr(path + "[" + i + "]", blocks.get(i));
        }
    }

    private static void ports(String path, List<String> ports, Check check) {
        for (int i = 0; i < ports.size(); i++) {
            String port = ports.get(i);
            boolean digits = !port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!digits || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535) {
                check.expected(path + "[" + i + "]", port, "a port as string, \"1\" to \"65535\"");
            }
        }
    }

    /** {@code {*}} is one whole segment, {@code {**}} the rest; neither beside a {@code *}. */
    private static void paths(String path, List<String> paths, Check check) {
        for (int i = 0; i < paths.size(); i++) {
            String value = paths.get(i);
            String at = path + "[" + i + "]";
            if (value.isEmpty()) {
                check.fail(at, "empty (expected: a path)");
            } else if (value.indexOf('{') >= 0 || value.indexOf('}') >= 0) {
                template(at, value, check);
            }
        }
    }

    private static void template(String path, String value, Check check) {
        String[] segments = value.split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            String segment = segments[i];
            boolean literal = segment.indexOf('{') < 0 && segment.indexOf('}') < 0 && segment.indexOf('*') < 0;
            boolean one = segment.equals("{*}");
            boolean rest = segment.equals("{**}") && i == segments.length - 1;
            if (!literal && !one && !rest) {
                check.expected(path, value, "{*} as a whole segment, {**} only as the last");
                return;
            }
        }
    }
}
