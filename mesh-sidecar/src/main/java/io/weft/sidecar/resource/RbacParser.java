package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.type.v3.Int32Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Envoy's RBAC, as HTTP filter, per route and as network filter. */
final class RbacParser {
    private static final Fields HTTP = Fields.of(
                    io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.getDescriptor(), "rules", "shadow_rules")
            .ignore("only names statistics", "rules_stat_prefix", "shadow_rules_stat_prefix", "track_per_rule_stats");
    private static final Fields PER_ROUTE = Fields.of(RBACPerRoute.getDescriptor(), "rbac");
    private static final Fields NETWORK = Fields.of(
                    io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor(),
                    "rules",
                    "shadow_rules",
                    "stat_prefix",
                    "enforcement_type")
            .ignore("only names statistics", "shadow_rules_stat_prefix");
    private static final Fields RULES = Fields.of(RBAC.getDescriptor(), "action", "policies");
    private static final Fields POLICY = Fields.of(Policy.getDescriptor(), "permissions", "principals");
    private static final Fields PERMISSION = Fields.of(
            Permission.getDescriptor(),
            "and_rules",
            "or_rules",
            "any",
            "header",
            "url_path",
            "destination_ip",
            "destination_port",
            "destination_port_range",
            "not_rule",
            "requested_server_name",
            "uri_template");
    private static final Fields PRINCIPAL = Fields.of(
            Principal.getDescriptor(),
            "and_ids",
            "or_ids",
            "any",
            "authenticated",
            "source_ip",
            "direct_remote_ip",
            "remote_ip",
            "header",
            "url_path",
            "not_id");
    private static final Fields AUTHENTICATED =
            Fields.of(Principal.Authenticated.getDescriptor(), "principal_name");
    private static final Fields RANGE = Fields.of(Int32Range.getDescriptor(), "start", "end");

    private RbacParser() {}

    static RbacResource http(Where where, io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC filter) {
        HTTP.check(where, filter);
        return new RbacResource(
                filter.hasRules() ? rules(where.field("rules"), filter.getRules()) : null,
                filter.hasShadowRules() ? rules(where.field("shadow_rules"), filter.getShadowRules()) : null);
    }

    /** Per route; without rules the filter does nothing there. */
    static RbacResource route(Where where, RBACPerRoute route) {
        PER_ROUTE.check(where, route);
        return route.hasRbac() ? http(where.field("rbac"), route.getRbac()) : new RbacResource(null, null);
    }

    static NetworkRbacResource network(Where where, io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC filter) {
        NETWORK.check(where, filter);
        if (filter.getEnforcementType()
                != io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.EnforcementType.ONE_TIME_ON_FIRST_BYTE) {
            throw where.refuse("enforcement_type", filter.getEnforcementType(), "ONE_TIME_ON_FIRST_BYTE");
        }
        return new NetworkRbacResource(
                filter.getStatPrefix(),
                new RbacResource(
                        filter.hasRules() ? rules(where.field("rules"), filter.getRules()) : null,
                        filter.hasShadowRules() ? rules(where.field("shadow_rules"), filter.getShadowRules()) : null));
    }

    private static RbacResource.Rules rules(Where where, RBAC rules) {
        RULES.check(where, rules);
        Map<String, RbacResource.Policy> policies = new HashMap<>();
        for (Map.Entry<String, Policy> entry : rules.getPoliciesMap().entrySet()) {
            policies.put(entry.getKey(), policy(where.field("policies[" + entry.getKey() + "]"), entry.getValue()));
        }
        return new RbacResource.Rules(action(where, rules), policies);
    }

    private static RbacResource.Action action(Where where, RBAC rules) {
        switch (rules.getAction()) {
            case ALLOW:
                return RbacResource.Action.ALLOW;
            case DENY:
                return RbacResource.Action.DENY;
            case LOG:
                return RbacResource.Action.LOG;
            default:
                throw where.refuse("action", rules.getActionValue(), "ALLOW, DENY or LOG");
        }
    }

    private static RbacResource.Policy policy(Where where, Policy policy) {
        POLICY.check(where, policy);
        if (policy.getPermissionsCount() == 0 || policy.getPrincipalsCount() == 0) {
            throw where.refuse(policy.getPermissionsCount() + " permissions, " + policy.getPrincipalsCount()
                    + " principals (expected: at least one each)");
        }
        return new RbacResource.Policy(
                permissions(where, "permissions", policy.getPermissionsList()),
                principals(where, "principals", policy.getPrincipalsList()));
    }

    private static List<RbacResource.Permission> permissions(Where where, String field, List<Permission> permissions) {
        List<RbacResource.Permission> parsed = new ArrayList<>(permissions.size());
        for (int i = 0; i < permissions.size(); i++) {
            parsed.add(permission(where.item(field, i), permissions.get(i)));
        }
        return parsed;
    }

    private static RbacResource.Permission permission(Where where, Permission p) {
        Values.bounded(where);
        PERMISSION.check(where, p);
        switch (p.getRuleCase()) {
            case ANY:
                requireTrue(where, p.getAny());
                return new RbacResource.Permission.Any();
            case AND_RULES:
                return new RbacResource.Permission.And(
                        nonEmpty(where, permissions(where, "and_rules.rules", p.getAndRules().getRulesList())));
            case OR_RULES:
                return new RbacResource.Permission.Or(
                        nonEmpty(where, permissions(where, "or_rules.rules", p.getOrRules().getRulesList())));
            case NOT_RULE:
                return new RbacResource.Permission.Not(permission(where.field("not_rule"), p.getNotRule()));
            case HEADER:
                return new RbacResource.Permission.Header(MatchParser.header(where.field("header"), p.getHeader()));
            case URL_PATH:
                return new RbacResource.Permission.UrlPath(MatchParser.path(where.field("url_path"), p.getUrlPath()));
            case URI_TEMPLATE:
                Where at = where.field("uri_template");
                return new RbacResource.Permission.UriTemplate(
                        Values.unpack(at, p.getUriTemplate().getTypedConfig(), UriTemplateMatchConfig.class)
                                .getPathTemplate());
            case DESTINATION_IP:
                return new RbacResource.Permission.DestinationIp(Values.cidr(where.field("destination_ip"), p.getDestinationIp()));
            case DESTINATION_PORT:
                return new RbacResource.Permission.DestinationPort(port(where, "destination_port", p.getDestinationPort()));
            case DESTINATION_PORT_RANGE:
                return range(where.field("destination_port_range"), p.getDestinationPortRange());
            case REQUESTED_SERVER_NAME:
                return new RbacResource.Permission.RequestedServerName(
                        MatchParser.string(where.field("requested_server_name"), p.getRequestedServerName()));
            default:
                throw where.refuse("empty permission");
        }
    }

    private static RbacResource.Permission range(Where where, Int32Range range) {
        RANGE.check(where, range);
        if (range.getStart() < 0 || range.getEnd() > 65536 || range.getStart() >= range.getEnd()) {
            throw where.refuse(range.getStart() + " to " + range.getEnd() + " (expected: 0 <= start < end <= 65536)");
        }
        return new RbacResource.Permission.DestinationPortRange(range.getStart(), range.getEnd());
    }

    private static int port(Where where, String field, int port) {
        if (port < 0 || port > 65535) {
            throw where.refuse(field, Integer.toUnsignedString(port), "0 to 65535");
        }
        return port;
    }

    private static List<RbacResource.Principal> principals(Where where, String field, List<Principal> principals) {
        List<RbacResource.Principal> parsed = new ArrayList<>(principals.size());
        for (int i = 0; i < principals.size(); i++) {
            parsed.add(principal(where.item(field, i), principals.get(i)));
        }
        return parsed;
    }

    private static RbacResource.Principal principal(Where where, Principal p) {
        Values.bounded(where);
        PRINCIPAL.check(where, p);
        switch (p.getIdentifierCase()) {
            case ANY:
                requireTrue(where, p.getAny());
                return new RbacResource.Principal.Any();
            case AND_IDS:
                return new RbacResource.Principal.And(
                        nonEmpty(where, principals(where, "and_ids.ids", p.getAndIds().getIdsList())));
            case OR_IDS:
                return new RbacResource.Principal.Or(
                        nonEmpty(where, principals(where, "or_ids.ids", p.getOrIds().getIdsList())));
            case NOT_ID:
                return new RbacResource.Principal.Not(principal(where.field("not_id"), p.getNotId()));
            case AUTHENTICATED:
                return new RbacResource.Principal.Authenticated(authenticated(where.field("authenticated"), p.getAuthenticated()));
            case SOURCE_IP:
                return new RbacResource.Principal.DirectRemoteIp(Values.cidr(where.field("source_ip"), p.getSourceIp()));
            case DIRECT_REMOTE_IP:
                return new RbacResource.Principal.DirectRemoteIp(
                        Values.cidr(where.field("direct_remote_ip"), p.getDirectRemoteIp()));
            case REMOTE_IP:
                return new RbacResource.Principal.RemoteIp(Values.cidr(where.field("remote_ip"), p.getRemoteIp()));
            case HEADER:
                return new RbacResource.Principal.Header(MatchParser.header(where.field("header"), p.getHeader()));
            case URL_PATH:
                return new RbacResource.Principal.UrlPath(MatchParser.path(where.field("url_path"), p.getUrlPath()));
            default:
                throw where.refuse("empty principal");
        }
    }

    private static @Nullable StringMatch authenticated(Where where, Principal.Authenticated authenticated) {
        AUTHENTICATED.check(where, authenticated);
        return authenticated.hasPrincipalName()
                ? MatchParser.string(where.field("principal_name"), authenticated.getPrincipalName())
                : null;
    }

    private static void requireTrue(Where where, boolean any) {
        if (!any) {
            throw where.refuse("any", false, "true");
        }
    }

    private static <T> List<T> nonEmpty(Where where, List<T> list) {
        if (list.isEmpty()) {
            throw where.refuse("an empty set (expected: at least one)");
        }
        return list;
    }
}
