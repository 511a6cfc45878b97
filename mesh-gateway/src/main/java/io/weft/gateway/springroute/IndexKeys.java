package io.weft.gateway.springroute;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.handler.predicate.HostRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.MethodRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.http.HttpMethod;

/**
 * What a request must have so that a route can match at all, as far as the index understands the route's predicates. All of it is necessary, none of
 * it sufficient: who passes is asked for real. Everything is compared in lower case, because a pattern may be told to ignore case.
 *
 * @param hosts labels from the last one inwards, up to the first that is not literal; an empty list of labels: any host
 * @param paths segments up to the first that is not literal
 * @param methods null: any
 */
record IndexKeys(List<List<String>> hosts, List<List<String>> paths, @Nullable Set<String> methods) {

    private static final List<List<String>> ANY = List.of(List.of());

    /** A route takes a node in the index for every step of every path at every host: what it may write must not multiply. */
    private static final int MAX_STEPS = 12;

    private static final int MAX_PLACES = 512;

    /** @param indexPaths false where the application has a base path, which Spring puts before every pattern */
    static IndexKeys of(Route route, boolean indexPaths) {
        List<List<String>> hosts = new ArrayList<>();
        List<List<String>> paths = new ArrayList<>();
        List<Set<String>> methods = new ArrayList<>();
        route.getPredicate().accept(predicate -> {
            Object config = predicate.getConfig();
            // Of two predicates of a kind both must match; one is enough to find the route.
            if (config instanceof HostRoutePredicateFactory.Config host && hosts.isEmpty()) {
                host.getPatterns().forEach(pattern -> hosts.add(hostKey(pattern)));
            } else if (config instanceof PathRoutePredicateFactory.Config path && indexPaths && paths.isEmpty()) {
                path.getPatterns().forEach(pattern -> paths.add(pathKey(pattern)));
            } else if (config instanceof MethodRoutePredicateFactory.Config method && method.getMethods() != null) {
                methods.add(names(method.getMethods()));
            }
        });
        boolean tooMany = (long) hosts.size() * Math.max(1, paths.size()) > MAX_PLACES;
        return new IndexKeys(
                hosts.isEmpty() || tooMany ? ANY : hosts,
                paths.isEmpty() || paths.size() > MAX_PLACES ? ANY : paths,
                methods.isEmpty() ? null : methods.get(0));
    }

    private static Set<String> names(HttpMethod[] methods) {
        Set<String> names = new HashSet<>();
        for (HttpMethod method : methods) {
            names.add(method.name());
        }
        return names;
    }

    private static List<String> hostKey(String pattern) {
        List<String> labels = hostLabels(pattern);
        for (int i = 0; i < labels.size(); i++) {
            if (i == MAX_STEPS || !literal(labels.get(i))) {
                return labels.subList(0, i);
            }
        }
        return labels;
    }

    /** Labels from the last one inwards. Spring's matcher drops empty ones and knows nothing of ports. */
    static List<String> hostLabels(String host) {
        String text = withoutPort(host).toLowerCase(Locale.ROOT);
        List<String> labels = new ArrayList<>(4);
        int end = text.length();
        for (int i = text.length() - 1; i >= -1; i--) {
            if (i < 0 || text.charAt(i) == '.') {
                if (end > i + 1) {
                    labels.add(text.substring(i + 1, end));
                }
                end = i;
            }
        }
        return labels;
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        if (colon < 0) {
            return host;
        }
        for (int i = colon + 1; i < host.length(); i++) {
            if (host.charAt(i) < '0' || host.charAt(i) > '9') {
                return host;
            }
        }
        return host.substring(0, colon);
    }

    private static List<String> pathKey(String pattern) {
        List<String> segments = new ArrayList<>(4);
        if (!pattern.startsWith("/")) {
            return segments;
        }
        int start = 1;
        while (start <= pattern.length() && segments.size() < MAX_STEPS) {
            int slash = pattern.indexOf('/', start);
            int end = slash < 0 ? pattern.length() : slash;
            String segment = pattern.substring(start, end);
            if (!literal(segment)) {
                break;
            }
            if (!segment.isEmpty()) {
                segments.add(segment.toLowerCase(Locale.ROOT));
            }
            start = end + 1;
        }
        return segments;
    }

    private static boolean literal(String part) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '*' || c == '?' || c == '{' || c == '}' || c == '\\') {
                return false;
            }
        }
        return true;
    }
}
