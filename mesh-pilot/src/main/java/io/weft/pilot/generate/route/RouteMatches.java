package io.weft.pilot.generate.route;

import static io.weft.pilot.generate.proto.Proto.bool;

import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.weft.pilot.generate.proto.Matchers;
import io.weft.pilot.model.StringMatch;
import io.weft.pilot.routing.RouteRule;
import org.jspecify.annotations.Nullable;

/** Match conditions. */
final class RouteMatches {

    private RouteMatches() {}

    static RouteMatch of(RouteRule.Match match) {
        RouteMatch.Builder built = RouteMatch.newBuilder();
        path(built, match.path(), match.ignorePathCase());
        match.headers().forEach((name, value) -> built.addHeaders(header(name, value)));
        match.withoutHeaders().forEach((name, value) -> built.addHeaders(without(name, value)));
        pseudo(built, ":method", match.method());
        pseudo(built, ":authority", match.authority());
        pseudo(built, ":scheme", match.scheme());
        match.queryParams().forEach((name, value) -> built.addQueryParameters(query(name, value)));
        return built.build();
    }

    private static void path(RouteMatch.Builder built, @Nullable StringMatch path, boolean ignoreCase) {
        if (path == null || path.type() == StringMatch.Type.PRESENT) {
            built.setPrefix("/");
            return;
        }
        switch (path.type()) {
            case EXACT -> built.setPath(path.value());
            case REGEX -> built.setSafeRegex(Matchers.regexOf(path.value().equals("*") ? ".*" : path.value()));
            default -> built.setPrefix(path.value());
        }
        if (ignoreCase && path.type() != StringMatch.Type.REGEX) {
            built.setCaseSensitive(bool(false));
        }
    }

    private static void pseudo(RouteMatch.Builder built, String name, @Nullable StringMatch value) {
        if (value != null) {
            built.addHeaders(header(name, value));
        }
    }

    private static HeaderMatcher header(String name, StringMatch value) {
        HeaderMatcher.Builder header = HeaderMatcher.newBuilder().setName(name);
        if (isPresence(value)) {
            return header.setPresentMatch(true).build();
        }
        return header.setStringMatch(Matchers.of(value)).build();
    }

    /** A header that is missing counts as not matching, so the condition holds; except that presence is about nothing else. */
    private static HeaderMatcher without(String name, StringMatch value) {
        HeaderMatcher.Builder header = header(name, value).toBuilder().setInvertMatch(true);
        if (!isPresence(value)) {
            header.setTreatMissingHeaderAsEmpty(true);
        }
        return header.build();
    }

    private static boolean isPresence(StringMatch value) {
        return value.type() == StringMatch.Type.PRESENT
                || value.type() == StringMatch.Type.REGEX && value.value().equals("*");
    }

    private static QueryParameterMatcher query(String name, StringMatch value) {
        QueryParameterMatcher.Builder query = QueryParameterMatcher.newBuilder().setName(name);
        if (isPresence(value)) {
            return query.setPresentMatch(true).build();
        }
        return query.setStringMatch(Matchers.of(value)).build();
    }
}
