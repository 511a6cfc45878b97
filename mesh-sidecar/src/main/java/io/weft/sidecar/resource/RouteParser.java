package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code Route} → {@link RouteResource}. */
final class RouteParser {
    private static final Fields ROUTE = Fields.of(
                    Route.getDescriptor(),
                    "name",
                    "match",
                    "route",
                    "redirect",
                    "direct_response",
                    "typed_per_filter_config",
                    "request_headers_to_add",
                    "request_headers_to_remove",
                    "response_headers_to_add",
                    "response_headers_to_remove")
            .ignore("only names statistics, spans and logs", "metadata", "decorator", "stat_prefix")
            .ignore("what is kept for a retry is bounded by the engine", "per_request_buffer_limit_bytes");
    private static final Fields MATCH = Fields.of(
            RouteMatch.getDescriptor(),
            "prefix",
            "path",
            "safe_regex",
            "connect_matcher",
            "path_separated_prefix",
            "case_sensitive",
            "runtime_fraction",
            "headers",
            "query_parameters",
            "grpc");
    private static final Fields ACTION = Fields.of(
                    RouteAction.getDescriptor(),
                    "cluster",
                    "cluster_header",
                    "weighted_clusters",
                    "cluster_not_found_response_code",
                    "prefix_rewrite",
                    "regex_rewrite",
                    "host_rewrite_literal",
                    "auto_host_rewrite",
                    "host_rewrite_header",
                    "append_x_forwarded_host",
                    "timeout",
                    "idle_timeout",
                    "retry_policy",
                    "request_mirror_policies",
                    "priority",
                    "hash_policy",
                    "max_grpc_timeout",
                    "upgrade_configs",
                    "max_stream_duration")
            .ignore("there is no early data here", "early_data_policy");
    private static final Fields WEIGHTED = Fields.of(WeightedCluster.getDescriptor(), "clusters")
            .ignore("the sum of the weights is what counts", "total_weight")
            .ignore("there is no runtime layer that could override the weights", "runtime_key_prefix");
    private static final Fields WEIGHT = Fields.of(
            WeightedCluster.ClusterWeight.getDescriptor(),
            "name",
            "weight",
            "request_headers_to_add",
            "request_headers_to_remove",
            "response_headers_to_add",
            "response_headers_to_remove",
            "typed_per_filter_config",
            "host_rewrite_literal");
    private static final Fields MIRROR = Fields.of(
                    RouteAction.RequestMirrorPolicy.getDescriptor(),
                    "cluster",
                    "runtime_fraction",
                    "disable_shadow_host_suffix_append")
            .ignore("copies are never sampled", "trace_sampled");
    private static final Fields HASH = Fields.of(
            RouteAction.HashPolicy.getDescriptor(), "header", "cookie", "connection_properties", "query_parameter", "terminal");
    private static final Fields HASH_HEADER =
            Fields.of(RouteAction.HashPolicy.Header.getDescriptor(), "header_name");
    private static final Fields HASH_COOKIE =
            Fields.of(RouteAction.HashPolicy.Cookie.getDescriptor(), "name", "ttl", "path");
    private static final Fields UPGRADE =
            Fields.of(RouteAction.UpgradeConfig.getDescriptor(), "upgrade_type", "enabled");
    private static final Fields STREAM_DURATION = Fields.of(
            RouteAction.MaxStreamDuration.getDescriptor(), "max_stream_duration", "grpc_timeout_header_max");
    private static final Fields REDIRECT = Fields.of(
            RedirectAction.getDescriptor(),
            "https_redirect",
            "scheme_redirect",
            "host_redirect",
            "port_redirect",
            "path_redirect",
            "prefix_rewrite",
            "regex_rewrite",
            "response_code",
            "strip_query");
    private static final Fields DIRECT = Fields.of(DirectResponseAction.getDescriptor(), "status", "body");

    private final DataSources sources;
    private final int maxBody;

    /** @param maxBody largest direct response, in bytes */
    RouteParser(DataSources sources, int maxBody) {
        this.sources = sources;
        this.maxBody = maxBody;
    }

    RouteResource parse(Where where, Route route) {
        ROUTE.check(where, route);
        return new RouteResource(
                route.getName(),
                match(where.field("match"), route.getMatch()),
                action(where, route),
                HeaderOperationsParser.parse(
                        where, "request_headers", route.getRequestHeadersToAddList(), route.getRequestHeadersToRemoveList()),
                HeaderOperationsParser.parse(
                        where, "response_headers", route.getResponseHeadersToAddList(), route.getResponseHeadersToRemoveList()),
                HttpFilterParser.overrides(where, route.getTypedPerFilterConfigMap()));
    }

    private static RouteResource.Match match(Where where, RouteMatch match) {
        MATCH.check(where, match);
        RouteResource.PathKind kind;
        String path;
        switch (match.getPathSpecifierCase()) {
            case PREFIX:
                kind = RouteResource.PathKind.PREFIX;
                path = match.getPrefix();
                break;
            case PATH:
                kind = RouteResource.PathKind.EXACT;
                path = match.getPath();
                break;
            case SAFE_REGEX:
                kind = RouteResource.PathKind.REGEX;
                path = MatchParser.regex(where.field("safe_regex"), match.getSafeRegex());
                break;
            case PATH_SEPARATED_PREFIX:
                kind = RouteResource.PathKind.PATH_SEPARATED_PREFIX;
                path = match.getPathSeparatedPrefix();
                if (!path.startsWith("/") || path.endsWith("/") || path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
                    throw where.refuse("path_separated_prefix", path, "starts with /, does not end with it, no ? and #");
                }
                break;
            case CONNECT_MATCHER:
                kind = RouteResource.PathKind.CONNECT;
                path = "";
                break;
            default:
                throw where.refuse("nothing to match (expected: prefix, path, safe_regex, path_separated_prefix or connect_matcher)");
        }
        return new RouteResource.Match(
                kind,
                path,
                match.hasCaseSensitive() && !match.getCaseSensitive().getValue(),
                MatchParser.headers(where, "headers", match.getHeadersList()),
                MatchParser.query(where, "query_parameters", match.getQueryParametersList()),
                match.hasGrpc(),
                match.hasRuntimeFraction()
                        ? Values.fraction(where.field("runtime_fraction"), match.getRuntimeFraction())
                        : null);
    }

    private RouteResource.Action action(Where where, Route route) {
        switch (route.getActionCase()) {
            case ROUTE:
                return forward(where.field("route"), route.getRoute());
            case REDIRECT:
                return redirect(where.field("redirect"), route.getRedirect());
            case DIRECT_RESPONSE:
                return direct(where.field("direct_response"), route.getDirectResponse());
            default:
                throw where.refuse("no action (expected: route, redirect or direct_response)");
        }
    }

    private RouteResource.Forward forward(Where where, RouteAction action) {
        ACTION.check(where, action);
        if (action.getPriority() != RoutingPriority.DEFAULT) {
            throw where.refuse("priority", action.getPriority(), "DEFAULT");
        }
        RouteAction.MaxStreamDuration stream = action.getMaxStreamDuration();
        Where streamAt = where.field("max_stream_duration");
        STREAM_DURATION.check(streamAt, stream);
        Duration grpcMax = stream.hasGrpcTimeoutHeaderMax()
                ? Values.duration(streamAt, "grpc_timeout_header_max", stream.getGrpcTimeoutHeaderMax())
                : action.hasMaxGrpcTimeout()
                        ? Values.duration(where, "max_grpc_timeout", action.getMaxGrpcTimeout())
                        : null;
        if (!action.getPrefixRewrite().isEmpty() && action.hasRegexRewrite()) {
            throw where.refuse("prefix_rewrite and regex_rewrite are both set (expected: one)");
        }
        return new RouteResource.Forward(
                target(where, action),
                action.hasTimeout() ? Values.duration(where, "timeout", action.getTimeout()) : null,
                action.hasIdleTimeout() ? Values.duration(where, "idle_timeout", action.getIdleTimeout()) : null,
                stream.hasMaxStreamDuration()
                        ? Values.duration(streamAt, "max_stream_duration", stream.getMaxStreamDuration())
                        : null,
                grpcMax,
                action.hasRetryPolicy() ? RetryPolicyParser.parse(where.field("retry_policy"), action.getRetryPolicy()) : null,
                action.getPrefixRewrite().isEmpty() ? null : action.getPrefixRewrite(),
                action.hasRegexRewrite() ? MatchParser.rewrite(where.field("regex_rewrite"), action.getRegexRewrite()) : null,
                hostRewrite(action),
                action.getAppendXForwardedHost(),
                action.getRequestMirrorPoliciesCount() == 0 ? null : mirrors(where, action.getRequestMirrorPoliciesList()),
                hashPolicies(where, action),
                upgrades(where, action),
                notFoundStatus(where, action));
    }

    private RouteResource.Target target(Where where, RouteAction action) {
        switch (action.getClusterSpecifierCase()) {
            case CLUSTER:
                return new RouteResource.Target.Cluster(named(where, "cluster", action.getCluster()));
            case CLUSTER_HEADER:
                return new RouteResource.Target.Header(
                        named(where, "cluster_header", action.getClusterHeader()).toLowerCase(Locale.ROOT));
            case WEIGHTED_CLUSTERS:
                return weighted(where.field("weighted_clusters"), action.getWeightedClusters());
            default:
                throw where.refuse("no destination (expected: cluster, cluster_header or weighted_clusters)");
        }
    }

    private static String named(Where where, String field, String name) {
        if (name.isEmpty()) {
            throw where.refuse(field, "\"\"", "a name");
        }
        return name;
    }

    private static RouteResource.Target weighted(Where where, WeightedCluster weighted) {
        WEIGHTED.check(where, weighted);
        List<RouteResource.WeightedCluster> clusters = new ArrayList<>(weighted.getClustersCount());
        long total = 0;
        for (int i = 0; i < weighted.getClustersCount(); i++) {
            WeightedCluster.ClusterWeight cluster = weighted.getClusters(i);
            Where at = where.item("clusters", i);
            WEIGHT.check(at, cluster);
            int weight = cluster.hasWeight() ? Values.uint(cluster.getWeight()) : 0;
            total += weight;
            clusters.add(new RouteResource.WeightedCluster(
                    named(at, "name", cluster.getName()),
                    weight,
                    HeaderOperationsParser.parse(
                            at, "request_headers", cluster.getRequestHeadersToAddList(), cluster.getRequestHeadersToRemoveList()),
                    HeaderOperationsParser.parse(
                            at, "response_headers", cluster.getResponseHeadersToAddList(), cluster.getResponseHeadersToRemoveList()),
                    cluster.getHostRewriteLiteral().isEmpty() ? null : cluster.getHostRewriteLiteral(),
                    HttpFilterParser.overrides(at, cluster.getTypedPerFilterConfigMap())));
        }
        if (total < 1 || total > 0xFFFF_FFFFL) {
            throw where.refuse("clusters: the weights add up to " + total + " (expected: 1 to 4294967295)");
        }
        return new RouteResource.Target.Weighted(clusters);
    }

    private static RouteResource.@Nullable HostRewrite hostRewrite(RouteAction action) {
        switch (action.getHostRewriteSpecifierCase()) {
            case HOST_REWRITE_LITERAL:
                return action.getHostRewriteLiteral().isEmpty()
                        ? null
                        : new RouteResource.HostRewrite(action.getHostRewriteLiteral(), false, null);
            case AUTO_HOST_REWRITE:
                return action.getAutoHostRewrite().getValue() ? new RouteResource.HostRewrite(null, true, null) : null;
            case HOST_REWRITE_HEADER:
                return new RouteResource.HostRewrite(
                        null, false, action.getHostRewriteHeader().toLowerCase(Locale.ROOT));
            default:
                return null;
        }
    }

    static List<RouteResource.Mirror> mirrors(Where where, List<RouteAction.RequestMirrorPolicy> policies) {
        List<RouteResource.Mirror> mirrors = new ArrayList<>(policies.size());
        for (int i = 0; i < policies.size(); i++) {
            RouteAction.RequestMirrorPolicy policy = policies.get(i);
            Where at = where.item("request_mirror_policies", i);
            MIRROR.check(at, policy);
            mirrors.add(new RouteResource.Mirror(
                    named(at, "cluster", policy.getCluster()),
                    policy.hasRuntimeFraction()
                            ? Values.fraction(at.field("runtime_fraction"), policy.getRuntimeFraction())
                            : FractionalPercent.ALWAYS,
                    !policy.getDisableShadowHostSuffixAppend()));
        }
        return mirrors;
    }

    private static List<RouteResource.HashPolicy> hashPolicies(Where where, RouteAction action) {
        List<RouteResource.HashPolicy> policies = new ArrayList<>(action.getHashPolicyCount());
        for (int i = 0; i < action.getHashPolicyCount(); i++) {
            policies.add(hashPolicy(where.item("hash_policy", i), action.getHashPolicy(i)));
        }
        return policies;
    }

    private static RouteResource.HashPolicy hashPolicy(Where where, RouteAction.HashPolicy policy) {
        HASH.check(where, policy);
        boolean terminal = policy.getTerminal();
        switch (policy.getPolicySpecifierCase()) {
            case HEADER:
                HASH_HEADER.check(where.field("header"), policy.getHeader());
                return new RouteResource.HashPolicy.Header(
                        named(where, "header.header_name", policy.getHeader().getHeaderName()).toLowerCase(Locale.ROOT), terminal);
            case COOKIE:
                HASH_COOKIE.check(where.field("cookie"), policy.getCookie());
                return new RouteResource.HashPolicy.Cookie(
                        named(where, "cookie.name", policy.getCookie().getName()),
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
                        named(where, "query_parameter.name", policy.getQueryParameter().getName()), terminal);
            default:
                throw where.refuse("nothing to hash (expected: header, cookie, connection_properties or query_parameter)");
        }
    }

    private static Map<String, Boolean> upgrades(Where where, RouteAction action) {
        Map<String, Boolean> upgrades = new HashMap<>();
        for (int i = 0; i < action.getUpgradeConfigsCount(); i++) {
            RouteAction.UpgradeConfig upgrade = action.getUpgradeConfigs(i);
            UPGRADE.check(where.item("upgrade_configs", i), upgrade);
            upgrades.put(
                    upgrade.getUpgradeType().toLowerCase(Locale.ROOT),
                    !upgrade.hasEnabled() || upgrade.getEnabled().getValue());
        }
        return upgrades;
    }

    private static int notFoundStatus(Where where, RouteAction action) {
        switch (action.getClusterNotFoundResponseCode()) {
            case SERVICE_UNAVAILABLE:
                return 503;
            case NOT_FOUND:
                return 404;
            case INTERNAL_SERVER_ERROR:
                return 500;
            default:
                throw where.refuse("cluster_not_found_response_code", action.getClusterNotFoundResponseCodeValue(), "one of Envoy's three");
        }
    }

    private static RouteResource.Redirect redirect(Where where, RedirectAction redirect) {
        REDIRECT.check(where, redirect);
        int port = redirect.getPortRedirect();
        if (port < 0 || port > 65535) {
            throw where.refuse("port_redirect", Integer.toUnsignedString(port), "0 to 65535");
        }
        String scheme = redirect.getHttpsRedirect() ? "https" : redirect.getSchemeRedirect();
        return new RouteResource.Redirect(
                scheme.isEmpty() ? null : scheme,
                redirect.getHostRedirect().isEmpty() ? null : redirect.getHostRedirect(),
                port,
                redirect.getPathRedirect().isEmpty() ? null : redirect.getPathRedirect(),
                redirect.hasPrefixRewrite() ? redirect.getPrefixRewrite() : null,
                redirect.hasRegexRewrite() ? MatchParser.rewrite(where.field("regex_rewrite"), redirect.getRegexRewrite()) : null,
                redirectStatus(where, redirect),
                redirect.getStripQuery());
    }

    private static int redirectStatus(Where where, RedirectAction redirect) {
        switch (redirect.getResponseCode()) {
            case MOVED_PERMANENTLY:
                return 301;
            case FOUND:
                return 302;
            case SEE_OTHER:
                return 303;
            case TEMPORARY_REDIRECT:
                return 307;
            case PERMANENT_REDIRECT:
                return 308;
            default:
                throw where.refuse("response_code", redirect.getResponseCodeValue(), "301, 302, 303, 307 or 308");
        }
    }

    private RouteResource.DirectResponse direct(Where where, DirectResponseAction direct) {
        DIRECT.check(where, direct);
        if (direct.getStatus() < 200 || direct.getStatus() > 599) {
            throw where.refuse("status", Integer.toUnsignedString(direct.getStatus()), "200 to 599");
        }
        String body = direct.hasBody() ? sources.text(where.field("body"), direct.getBody()) : "";
        if (body.length() > maxBody) {
            throw where.refuse("body", body.length() + " characters", "at most " + maxBody + " (max_direct_response_body_size_bytes)");
        }
        return new RouteResource.DirectResponse(direct.getStatus(), body);
    }
}
