package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;

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
                return ForwardParser.parse(where.field("route"), route.getRoute());
            case REDIRECT:
                return RedirectParser.parse(where.field("redirect"), route.getRedirect());
            case DIRECT_RESPONSE:
                return direct(where.field("direct_response"), route.getDirectResponse());
            default:
                throw where.refuse("no action (expected: route, redirect or direct_response)");
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
