package io.weft.gateway.springroute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;

/**
 * Finds the routes that can match a request, in their order, without asking all of them: a tree of host labels from the last one inwards, with a tree of
 * path segments at each. Both are walked along the request; what hangs at a node on the way is a candidate. Immutable.
 */
final class RouteIndex {

    static final RouteIndex EMPTY = new RouteIndex(List.of());
    private static final int FEW = 8;

    private final LiveRoute[] routes;
    private final HostNode root = new HostNode();

    private static final class HostNode {
        final Map<String, HostNode> children = new HashMap<>();
        final PathNode paths = new PathNode();
        boolean used;
    }

    private static final class PathNode {
        final Map<String, PathNode> children = new HashMap<>();
        int[] here = {};

        void add(int rank) {
            if (here.length == 0 || here[here.length - 1] != rank) {
                here = Arrays.copyOf(here, here.length + 1);
                here[here.length - 1] = rank;
            }
        }
    }

    /** @param ordered in the order in which they are asked */
    RouteIndex(List<LiveRoute> ordered) {
        routes = ordered.toArray(LiveRoute[]::new);
        for (int rank = 0; rank < routes.length; rank++) {
            IndexKeys keys = routes[rank].keys();
            for (List<String> host : keys.hosts()) {
                HostNode at = root;
                for (String label : host) {
                    at = at.children.computeIfAbsent(label, none -> new HostNode());
                }
                at.used = true;
                for (List<String> path : keys.paths()) {
                    PathNode node = at.paths;
                    for (String segment : path) {
                        node = node.children.computeIfAbsent(segment, none -> new PathNode());
                    }
                    node.add(rank);
                }
            }
        }
    }

    boolean isEmpty() {
        return routes.length == 0;
    }

    /** All, in order. */
    List<LiveRoute> all() {
        return List.of(routes);
    }

    /**
     * Those that can match, in order.
     *
     * @param host with or without port; null: none was said
     * @param path as Spring parses it
     */
    List<LiveRoute> candidates(@Nullable String host, PathContainer path, String method) {
        if (routes.length == 0) {
            return List.of();
        }
        List<String> segments = segments(path);
        Ranks found = new Ranks();
        HostNode at = root;
        collect(at, segments, found);
        if (host != null && !root.children.isEmpty()) {
            for (String label : IndexKeys.hostLabels(host)) {
                at = at.children.get(label);
                if (at == null) {
                    break;
                }
                collect(at, segments, found);
            }
        }
        return found.routes(routes, method);
    }

    private static void collect(HostNode host, List<String> segments, Ranks found) {
        if (!host.used) {
            return;
        }
        PathNode at = host.paths;
        found.add(at.here);
        for (int i = 0; i < segments.size(); i++) {
            at = at.children.get(segments.get(i));
            if (at == null) {
                return;
            }
            found.add(at.here);
        }
    }

    private static List<String> segments(PathContainer path) {
        List<PathContainer.Element> elements = path.elements();
        List<String> segments = new ArrayList<>(FEW);
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i) instanceof PathContainer.PathSegment segment) {
                segments.add(segment.valueToMatch().toLowerCase(Locale.ROOT));
            }
        }
        return segments;
    }

    /** Places in the order, gathered from several nodes. */
    private static final class Ranks {
        private int[] ranks = new int[FEW];
        private int count;
        private int sources;

        void add(int[] more) {
            if (more.length == 0) {
                return;
            }
            sources++;
            if (count + more.length > ranks.length) {
                ranks = Arrays.copyOf(ranks, Math.max(ranks.length * 2, count + more.length));
            }
            System.arraycopy(more, 0, ranks, count, more.length);
            count += more.length;
        }

        List<LiveRoute> routes(LiveRoute[] all, String method) {
            if (count == 0) {
                return List.of();
            }
            if (sources > 1) {
                Arrays.sort(ranks, 0, count);
            }
            List<LiveRoute> routes = new ArrayList<>(count);
            int last = -1;
            for (int i = 0; i < count; i++) {
                if (ranks[i] != last) {
                    last = ranks[i];
                    Set<String> methods = all[last].keys().methods();
                    if (methods == null || methods.contains(method)) {
                        routes.add(all[last]);
                    }
                }
            }
            return routes;
        }
    }
}
