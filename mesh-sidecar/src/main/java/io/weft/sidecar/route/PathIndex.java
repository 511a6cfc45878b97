package io.weft.sidecar.route;

import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.RequestHead;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first route, in rule order, without trying every rule: routes with an exact path are found by hash, those with a prefix in a trie,
 * and only the rest one by one. All three give ordinals in rising order, and whichever fully matches first in rule order wins.
 */
final class PathIndex<P> {
    private static final int[] NONE = {};
    /** Below this, trying each rule is cheaper than hashing the path. */
    private static final int SMALL = 6;

    private final List<Route<P>> routes;
    private final boolean small;
    private final Map<String, int[]> exact = new HashMap<>();
    private final Node prefixes = new Node();
    private int[] others = NONE;

    PathIndex(List<Route<P>> routes) {
        this.routes = routes;
        this.small = routes.size() <= SMALL;
        for (int i = 0; i < routes.size(); i++) {
            PathMatcher path = routes.get(i).path();
            String whole = path.exact();
            String prefix = path.prefix();
            if (whole != null) {
                exact.merge(whole, new int[] {i}, PathIndex::concat);
            } else if (prefix != null) {
                Node node = prefixes.descend(prefix);
                node.ordinals = concat(node.ordinals, new int[] {i});
            } else {
                others = concat(others, new int[] {i});
            }
        }
    }

    @Nullable Route<P> find(RequestHead head, RoutePath target, LoopState loop) {
        if (small) {
            for (int i = 0; i < routes.size(); i++) {
                if (routes.get(i).matches(head, target, loop)) {
                    return routes.get(i);
                }
            }
            return null;
        }
        String path = target.path();
        int best = first(exact.getOrDefault(path, NONE), Integer.MAX_VALUE, head, target, loop);
        Node node = prefixes;
        for (int i = 0; node != null; i++) {
            best = first(node.ordinals, best, head, target, loop);
            node = i < path.length() ? node.child(path.charAt(i)) : null;
        }
        best = first(others, best, head, target, loop);
        return best == Integer.MAX_VALUE ? null : routes.get(best);
    }

    private int first(int[] ordinals, int best, RequestHead head, RoutePath target, LoopState loop) {
        for (int ordinal : ordinals) {
            if (ordinal >= best) {
                return best;
            }
            if (routes.get(ordinal).matches(head, target, loop)) {
                return ordinal;
            }
        }
        return best;
    }

    private static int[] concat(int[] a, int[] b) {
        int[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static final class Node {
        private int[] ordinals = NONE;
        private char[] keys = {};
        private Node[] children = {};

        private @Nullable Node child(char c) {
            for (int i = 0; i < keys.length; i++) {
                if (keys[i] == c) {
                    return children[i];
                }
            }
            return null;
        }

        private Node descend(String prefix) {
            Node node = this;
            for (int i = 0; i < prefix.length(); i++) {
                Node next = node.child(prefix.charAt(i));
                if (next == null) {
                    next = new Node();
                    node.keys = Arrays.copyOf(node.keys, node.keys.length + 1);
                    node.children = Arrays.copyOf(node.children, node.children.length + 1);
                    node.keys[node.keys.length - 1] = prefix.charAt(i);
                    node.children[node.children.length - 1] = next;
                }
                node = next;
            }
            return node;
        }
    }
}
