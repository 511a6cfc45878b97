package io.weft.pilot.validate;

import io.weft.pilot.model.HeaderOperations;
import io.weft.pilot.model.HttpMatch;
import io.weft.pilot.model.HttpRoute;
import io.weft.pilot.model.Retries;
import io.weft.pilot.model.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules of one HTTP route. */
final class HttpRouteRules {

    private static final int MAX_BODY = 1 << 20;

    private static final Set<String> RETRY_CONDITIONS = Set.of(
            "5xx",
            "gateway-error",
            "reset",
            "reset-before-request",
            "connect-failure",
            "envoy-ratelimited",
            "retriable-4xx",
            "refused-stream",
            "retriable-status-codes",
            "retriable-headers",
            "http3-post-connect-failure",
            "cancelled",
            "deadline-exceeded",
            "internal",
            "resource-exhausted",
            "unavailable");

    private HttpRouteRules() {}

    static void check(String path, HttpRoute route, Check check) {
        for (int i = 0; i < route.match().size(); i++) {
            match(path + ".match[" + i + "]", route.match().get(i), check);
        }
        action(path, route, check);
        destinations(path, route, check);
        // Zero switches the timeout off. A try's own has no such zero: unset is none.
        check.durationOrZero(path + ".timeout", route.timeout());
        Retries retries = route.retries();
        if (retries != null) {
            retries(path + ".retries", retries, check);
        }
        mirrors(path, route, check);
        FaultRules.fault(path + ".fault", route.fault(), check);
        FaultRules.cors(path + ".corsPolicy", route.corsPolicy(), check);
        headers(path + ".headers", route.headers(), check);
        authority(path, route, check);
    }

    private static void match(String path, HttpMatch match, Check check) {
        check.match(path + ".uri", match.uri());
        StringMatch uri = match.uri();
        if (uri != null && uri.type() == StringMatch.Type.EXACT && uri.value().isEmpty()) {
            check.fail(path + ".uri.exact", "empty (expected: a path)");
        }
        check.filledMatch(path + ".scheme", match.scheme());
        check.filledMatch(path + ".method", match.method());
        check.filledMatch(path + ".authority", match.authority());
        headerMatches(path + ".headers", match.headers(), check);
        headerMatches(path + ".withoutHeaders", match.withoutHeaders(), check);
        match.queryParams().forEach((name, value) -> {
            check.match(path + ".queryParams." + name, value);
            if (name.isEmpty()) {
                check.fail(path + ".queryParams", "empty key (expected: a parameter's name)");
            }
        });
        check.port(path + ".port", match.port());
        check.labels(path + ".sourceLabels", match.sourceLabels());
        for (int i = 0; i < match.gateways().size(); i++) {
            VirtualServiceRules.gateway(path + ".gateways[" + i + "]", match.gateways().get(i), check);
        }
        check.label(path + ".sourceNamespace", match.sourceNamespace());
    }

    private static void headerMatches(String path, Map<String, StringMatch> headers, Check check) {
        headers.forEach((name, value) -> {
            String at = path + "." + name;
            if (name.startsWith("@request.auth.claims")) {
                check.fail(at, "routing by JWT claims is not supported by this mesh-pilot (expected: a header's name)");
                return;
            }
            check.headerName(at, name);
            if (!name.equals(name.toLowerCase(Locale.ROOT))) {
                check.expected(at, name, "lower-case");
            }
            check.match(at, value);
        });
    }

    /** Exactly one thing happens to a request. */
    private static void action(String path, HttpRoute route, Check check) {
        List<String> actions = new ArrayList<>();
        if (!route.route().isEmpty()) {
            actions.add("route");
        }
        if (route.redirect() != null) {
            actions.add("redirect");
        }
        if (route.directResponse() != null) {
            actions.add("directResponse");
        }
        if (route.delegate() != null) {
            actions.add("delegate");
        }
        if (actions.isEmpty()) {
            check.missing(path, "one of route, redirect, directResponse and delegate");
        } else if (actions.size() > 1) {
            check.fail(path, "both " + String.join(" and ", actions) + " (expected: only one of them)");
        }
        boolean answers = route.redirect() != null || route.directResponse() != null;
        if (answers && route.fault() != null) {
            check.fail(path + ".fault", "set (expected: unset beside " + actions.get(0) + ")");
        }
        if (answers && route.rewrite() != null) {
            check.fail(path + ".rewrite", "set (expected: unset beside " + actions.get(0) + ")");
        }
        redirect(path + ".redirect", route, check);
        rewrite(path + ".rewrite", route.rewrite(), check);
        HttpRoute.DirectResponse response = route.directResponse();
        if (response != null) {
            check.range(path + ".directResponse.status", response.status(), 200, 599);
            byte[] body = response.body();
            if (body != null && body.length > MAX_BODY) {
                check.expected(path + ".directResponse.body", body.length, "at most 1 MiB");
            }
        }
        HttpRoute.Delegate delegate = route.delegate();
        if (delegate != null) {
            check.label(path + ".delegate.namespace", delegate.namespace());
            if (delegate.name().isEmpty()) {
                check.fail(path + ".delegate.name", "empty (expected: a VirtualService's name)");
            }
        }
    }

    private static void redirect(String path, HttpRoute route, Check check) {
        HttpRoute.Redirect redirect = route.redirect();
        if (redirect == null) {
            return;
        }
        if (redirect.uri() != null && redirect.uriPrefix() != null) {
            check.fail(path, "both uri and prefixRewrite (expected: only one of them)");
        }
        boolean onlyPrefixes = !route.match().isEmpty()
                && route.match().stream().allMatch(match -> isPrefix(match.uri()));
        if (redirect.uriPrefix() != null && !onlyPrefixes) {
            check.expected(path + ".prefixRewrite", redirect.uriPrefix(), "every match to have a uri prefix");
        }
        if (redirect.port() != null && redirect.derivePort() != null) {
            check.fail(path, "both port and derivePort (expected: only one of them)");
        }
        check.port(path + ".port", redirect.port());
        check.range(path + ".redirectCode", redirect.redirectCode(), 300, 399);
        String scheme = redirect.scheme();
        if (scheme != null && !scheme.equals("http") && !scheme.equals("https")) {
            check.expected(path + ".scheme", scheme, "http or https");
        }
        for (String value : new String[] {redirect.uri(), redirect.uriPrefix(), redirect.authority()}) {
            if (value != null) {
                check.headerValue(path, value);
            }
        }
        boolean nothing = redirect.uri() == null
                && redirect.uriPrefix() == null
                && redirect.authority() == null
                && redirect.port() == null
                && redirect.derivePort() == null
                && scheme == null;
        if (nothing) {
            check.missing(path, "at least one of uri, prefixRewrite, authority, port and scheme");
        }
    }

    private static boolean isPrefix(@Nullable StringMatch uri) {
        return uri != null && uri.type() == StringMatch.Type.PREFIX;
    }

    private static void rewrite(String path, HttpRoute.@Nullable Rewrite rewrite, Check check) {
        if (rewrite == null) {
            return;
        }
        HttpRoute.RegexRewrite regex = rewrite.uriRegexRewrite();
        if (rewrite.uri() != null && regex != null) {
            check.fail(path, "both uri and uriRegexRewrite (expected: only one of them)");
        }
        if (rewrite.uri() == null && regex == null && rewrite.authority() == null) {
            check.missing(path, "at least one of uri, authority and uriRegexRewrite");
        }
        if (rewrite.uri() != null) {
            check.headerValue(path + ".uri", rewrite.uri());
        }
        if (rewrite.authority() != null) {
            check.headerValue(path + ".authority", rewrite.authority());
        }
        if (regex != null) {
            check.regex(path + ".uriRegexRewrite.match", regex.match());
            check.headerValue(path + ".uriRegexRewrite.rewrite", regex.rewrite());
        }
    }

    private static void destinations(String path, HttpRoute route, Check check) {
        List<@Nullable Integer> weights = new ArrayList<>();
        for (int i = 0; i < route.route().size(); i++) {
            HttpRoute.WeightedDestination weighted = route.route().get(i);
            String at = path + ".route[" + i + "]";
            VirtualServiceRules.destination(at + ".destination", weighted.destination(), check);
            headers(at + ".headers", weighted.headers(), check);
            weights.add(weighted.weight());
        }
        VirtualServiceRules.weights(path + ".route", weights, check);
    }

    private static void retries(String path, Retries retries, Check check) {
        check.notNegative(path + ".attempts", retries.attempts());
        check.duration(path + ".perTryTimeout", retries.perTryTimeout());
        check.duration(path + ".backoff", retries.backoff());
        String conditions = retries.retryOn();
        if (conditions == null || conditions.isEmpty()) {
            return;
        }
        for (String condition : conditions.split(",", -1)) {
            String word = condition.strip();
            int status = Hosts.number(word);
            if (!RETRY_CONDITIONS.contains(word) && (status < 100 || status > 599)) {
                check.expected(path + ".retryOn", word, "an HTTP status or one of Envoy's retry conditions");
            }
        }
    }

    private static void mirrors(String path, HttpRoute route, Check check) {
        if (route.mirror() != null && !route.mirrors().isEmpty()) {
            check.fail(path, "both mirror and mirrors (expected: only one of them)");
        }
        if (route.mirror() != null) {
            VirtualServiceRules.destination(path + ".mirror", route.mirror(), check);
        }
        check.percent(path + ".mirrorPercentage.value", route.mirrorPercentage());
        for (int i = 0; i < route.mirrors().size(); i++) {
            String at = path + ".mirrors[" + i + "]";
            VirtualServiceRules.destination(at + ".destination", route.mirrors().get(i).destination(), check);
            check.percent(at + ".percentage.value", route.mirrors().get(i).percentage());
        }
    }

    private static void headers(String path, HeaderOperations headers, Check check) {
        change(path + ".request", headers.request(), true, check);
        change(path + ".response", headers.response(), false, check);
    }

    private static void change(String path, HeaderOperations.Change change, boolean request, Check check) {
        change.set().forEach((name, value) -> {
            changedName(path + ".set." + name, name, request, check);
            check.headerValue(path + ".set." + name, value);
        });
        change.add().forEach((name, value) -> {
            changedName(path + ".add." + name, name, request, check);
            check.headerValue(path + ".add." + name, value);
        });
        for (int i = 0; i < change.remove().size(); i++) {
            String at = path + ".remove[" + i + "]";
            String name = change.remove().get(i);
            check.headerName(at, name);
            if (name.equalsIgnoreCase("host")) {
                check.expected(at, name, "a header other than Host");
            }
        }
    }

    private static void changedName(String path, String name, boolean request, Check check) {
        if (name.startsWith(":")) {
            if (!request || !name.equals(":authority")) {
                check.expected(path, name, "no pseudo-header but a request's :authority");
            }
        } else {
            check.headerName(path, name);
        }
    }

    /** Two rewrites of the authority in one place would be settled by chance. */
    private static void authority(String path, HttpRoute route, Check check) {
        boolean byRewrite = route.rewrite() != null && route.rewrite().authority() != null;
        if (byRewrite && changesAuthority(route.headers().request())) {
            check.fail(
                    path + ".headers.request",
                    "sets Host beside rewrite.authority (expected: the authority changed in one place)");
        }
    }

    private static boolean changesAuthority(HeaderOperations.Change change) {
        List<String> names = new ArrayList<>(change.set().keySet());
        names.addAll(change.add().keySet());
        return names.stream().anyMatch(name -> name.equalsIgnoreCase("host") || name.equals(":authority"));
    }
}
