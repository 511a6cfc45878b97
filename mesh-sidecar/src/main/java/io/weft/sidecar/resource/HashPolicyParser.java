package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.route.v3.RouteAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code RouteAction.HashPolicy} → {@link RouteResource.HashPolicy}. */
final class HashPolicyParser {
    private static final Fields HASH = Fields.of(
            RouteAction.HashPolicy.getDescriptor(), "header", "cookie", "connection_properties", "query_parameter", "terminal");
    private static final Fields HASH_HEADER =
            Fields.of(RouteAction.HashPolicy.Header.getDescriptor(), "header_name");
    private static final Fields HASH_COOKIE =
            Fields.of(RouteAction.HashPolicy.Cookie.getDescriptor(), "name", "ttl", "path");

    private HashPolicyParser() {}

    static List<RouteResource.HashPolicy> parse(Where where, List<RouteAction.HashPolicy> said) {
        List<RouteResource.HashPolicy> policies = new ArrayList<>(said.size());
        for (int i = 0; i < said.size(); i++) {
            policies.add(policy(where.item("hash_policy", i), said.get(i)));
        }
        return policies;
    }

    private static RouteResource.HashPolicy policy(Where where, RouteAction.HashPolicy policy) {
        HASH.check(where, policy);
        boolean terminal = policy.getTerminal();
        switch (policy.getPolicySpecifierCase()) {
            case HEADER:
                HASH_HEADER.check(where.field("header"), policy.getHeader());
                return new RouteResource.HashPolicy.Header(
                        Values.named(where, "header.header_name", policy.getHeader().getHeaderName()).toLowerCase(Locale.ROOT), terminal);
            case COOKIE:
                HASH_COOKIE.check(where.field("cookie"), policy.getCookie());
                return new RouteResource.HashPolicy.Cookie(
                        Values.named(where, "cookie.name", policy.getCookie().getName()),
                        policy.getCookie().hasTtl() ? Values.duration(where, "cookie.ttl", policy.getCookie().getTtl()) : null,
                        policy.getCookie().getPath(),
                        terminal);
            case CONNECTION_PROPERTIES:
                if (!policy.getConnectionProperties().getSourceIp()) {
                    throw where.refuse("connection_properties.source_ip", false, "true");
                }
                return new RouteResource.HashPolicy.SourceIp(terminal);
            case QUERY_PARAMETER:
                return new RouteResource.HashPolicy.Query(
                        Values.named(where, "query_parameter.name", policy.getQueryParameter().getName()), terminal);
            default:
                throw where.refuse("nothing to hash (expected: header, cookie, connection_properties or query_parameter)");
        }
    }
}
