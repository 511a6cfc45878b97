package io.weft.pilot.generate.listener;

import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.weft.pilot.generate.proto.Matchers;
import io.weft.pilot.generate.proto.Proto;
import java.util.List;
import java.util.function.Function;

/** What is asked for. */
final class Permissions {

    private Permissions() {}

    static Permission any() {
        return Permission.newBuilder().setAny(true).build();
    }

    static Permission never() {
        return not(any());
    }

    static Permission not(Permission permission) {
        return Permission.newBuilder().setNotRule(permission).build();
    }

    static Permission allOf(List<Permission> all) {
        return switch (all.size()) {
            case 0 -> any();
            case 1 -> all.get(0);
            default -> Permission.newBuilder().setAndRules(Permission.Set.newBuilder().addAllRules(all)).build();
        };
    }

    static Permission anyOf(List<String> values, Function<String, Permission> one) {
        if (values.size() == 1) {
            return one.apply(values.get(0));
        }
        Permission.Set.Builder set = Permission.Set.newBuilder();
        values.forEach(value -> set.addRules(one.apply(value)));
        return Permission.newBuilder().setOrRules(set).build();
    }

    /** Hosts are compared without case, and without the port unless the policy names one. */
    static Permission host(String pattern) {
        if (pattern.equals("*")) {
            return header(":authority", Matchers.nonEmpty());
        }
        if (pattern.endsWith("*")) {
            return header(":authority", Matchers.ignoringCase(Matchers.ofPolicy(pattern)));
        }
        boolean suffix = pattern.startsWith("*");
        String literal = suffix ? pattern.substring(1) : pattern;
        boolean namesPort = literal.lastIndexOf(':') > literal.lastIndexOf(']');
        String port = namesPort ? "" : "(:[0-9]+)?";
        return header(":authority", Matchers.regex("(?i)" + (suffix ? ".*" : "") + Matchers.quote(literal) + port));
    }

    static Permission method(String pattern) {
        return header(":method", Matchers.ofPolicy(pattern));
    }

    /** The normalised path without query and fragment. */
    static Permission path(String pattern) {
        if (pattern.contains("{*}") || pattern.contains("{**}")) {
            return Permission.newBuilder()
                    .setUriTemplate(TypedExtensionConfig.newBuilder()
                            .setName("uri-template")
                            .setTypedConfig(Proto.any(UriTemplateMatchConfig.newBuilder()
                                    .setPathTemplate(pattern.replace("{**}", "**").replace("{*}", "*"))
                                    .build())))
                    .build();
        }
        return Permission.newBuilder()
                .setUrlPath(PathMatcher.newBuilder().setPath(Matchers.ofPolicy(pattern)))
                .build();
    }

    static Permission sni(String pattern) {
        return Permission.newBuilder().setRequestedServerName(Matchers.ofPolicy(pattern)).build();
    }

    static Permission destinationAddress(String block) {
        return Permission.newBuilder().setDestinationIp(Principals.cidr(block)).build();
    }

    private static Permission header(String name, StringMatcher value) {
        return Permission.newBuilder()
                .setHeader(HeaderMatcher.newBuilder().setName(name).setStringMatch(value))
                .build();
    }
}
