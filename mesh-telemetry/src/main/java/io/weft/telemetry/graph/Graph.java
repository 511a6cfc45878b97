package io.weft.telemetry.graph;

import io.weft.telemetry.store.GatewayNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who called whom in a window, as {@code GET /weft/v1/graph} shows it.
 *
 * @param window seconds asked for
 */
public record Graph(long window, List<Node> nodes, List<Edge> edges) {

    /**
     * One line of it.
     *
     * @param rate requests (TCP: connections opened) a second
     * @param errorShare 0 to 1
     * @param p50 milliseconds; null when nothing was measured
     * @param mtls whether all went over mutual TLS; null when no called proxy told
     * @param codes rate by HTTP status
     */
    public record Edge(
            String source,
            String target,
            String service,
            String protocol,
            double rate,
            double errorShare,
            @Nullable Double p50,
            @Nullable Double p90,
            @Nullable Double p99,
            @Nullable Boolean mtls,
            Map<String, Double> codes) {}

    private record Pair(String source, String target) {}

    private record Security(double secured, double plain) {

        Security plus(Security other) {
            return new Security(secured + other.secured, plain + other.plain);
        }
    }

    /**
     * @param length at most what the history keeps
     * @param namespace of either end; null: all
     */
    public static Graph of(EdgeHistory history, GatewayNames gateways, Duration length, @Nullable String namespace) {
        EdgeHistory.Window window = history.window(length);
        Map<Pair, Security> security = new HashMap<>();
        Set<Pair> toldBySource = new HashSet<>();
        window.edges().forEach((key, totals) -> {
            if (key.bySource()) {
                toldBySource.add(pair(key));
            } else {
                security.merge(pair(key), new Security(totals.secured(), totals.plain()), Security::plus);
            }
        });
        Map<String, Node> nodes = new TreeMap<>();
        List<Edge> edges = new ArrayList<>();
        window.edges().forEach((key, totals) -> {
            // What the caller saw is what it got: the called side only speaks for callers without a proxy.
            boolean told = key.bySource() || !toldBySource.contains(pair(key));
            if (told && isIn(key, namespace)) {
                nodes.put(key.source().id(), marked(key.source(), gateways));
                nodes.put(key.target().id(), marked(key.target(), gateways));
                edges.add(edge(key, totals, window.seconds(), security.get(pair(key))));
            }
        });
        edges.sort(Comparator.comparing(Edge::source)
                .thenComparing(Edge::target)
                .thenComparing(Edge::service)
                .thenComparing(Edge::protocol));
        return new Graph(length.toSeconds(), List.copyOf(nodes.values()), edges);
    }

    private static Node marked(Node node, GatewayNames gateways) {
        return gateways.contains(node.workload(), node.namespace()) ? node.asGateway() : node;
    }

    private static Pair pair(EdgeKey key) {
        return new Pair(key.source().id(), key.target().id());
    }

    private static boolean isIn(EdgeKey key, @Nullable String namespace) {
        return namespace == null
                || key.source().namespace().equals(namespace)
                || key.target().namespace().equals(namespace);
    }

    private static Edge edge(EdgeKey key, EdgeTotals totals, double seconds, @Nullable Security security) {
        double length = Math.max(seconds, 0.001);
        Map<String, Double> codes = new TreeMap<>();
        totals.codes().forEach((code, count) -> {
            if (count > 0) {
                codes.put(code, rounded(count / length));
            }
        });
        return new Edge(
                key.source().id(),
                key.target().id(),
                key.service(),
                key.protocol(),
                rounded(totals.requests() / length),
                totals.requests() > 0 ? rounded(totals.errors() / totals.requests()) : 0,
                quantile(totals, 0.5),
                quantile(totals, 0.9),
                quantile(totals, 0.99),
                mtls(security),
                codes);
    }

    private static @Nullable Double quantile(EdgeTotals totals, double share) {
        Double value = totals.durations().quantile(share);
        return value == null ? null : rounded(value);
    }

    private static @Nullable Boolean mtls(@Nullable Security security) {
        if (security == null || security.secured() + security.plain() <= 0) {
            return null;
        }
        return security.plain() <= 0;
    }

    /** To four places: more would only be noise of floating point. */
    private static double rounded(double value) {
        return Math.round(value * 10_000) / 10_000.0;
    }
}
