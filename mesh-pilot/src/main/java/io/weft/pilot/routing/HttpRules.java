package io.weft.pilot.routing;

import io.weft.pilot.model.HttpMatch;
import io.weft.pilot.model.HttpRoute;
import io.weft.pilot.model.StringMatch;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.routing.RouteRule.Forward;
import io.weft.pilot.routing.RouteRule.Match;
import io.weft.pilot.routing.RouteRule.Mirrored;
import io.weft.pilot.routing.RouteRule.WeightedTarget;
import io.weft.pilot.state.MeshState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a VirtualService's HTTP rules for one proxy and port: selectors are decided, delegates put in place, destinations resolved. What stands behind
 * the first catch-all is dropped, because nothing reaches it.
 */
public final class HttpRules {

    /** Conditions that have fields of their own; as header names they mean nothing. */
    private static final Set<String> NOT_HEADERS = Set.of("uri", "scheme", "method", "authority");

    private final MeshState state;
    private final RouteScope scope;

    public HttpRules(MeshState state, RouteScope scope) {
        this.state = state;
        this.scope = scope;
    }

    /** In the author's order. */
    public List<RouteRule> compile(VirtualService rules) {
        List<RouteRule> compiled = new ArrayList<>();
        for (Delegation.Rule rule : new Delegation(state).expand(rules)) {
            for (RouteRule one : compile(rules, rule)) {
                compiled.add(one);
                if (one.match().isCatchAll()) {
                    return List.copyOf(compiled);
                }
            }
        }
        return List.copyOf(compiled);
    }

    private List<RouteRule> compile(VirtualService owner, Delegation.Rule rule) {
        HttpRoute route = rule.route();
        RouteRule.Action action = action(route, rule.namespace());
        if (action == null) {
            return List.of();
        }
        List<HttpMatch> blocks = route.match();
        if (blocks.isEmpty()) {
            return applies(owner.gateways(), owner.namespace())
                    ? List.of(rule(route, null, action))
                    : List.of();
        }
        return blocks.stream()
                .filter(block -> selects(owner, block))
                .map(block -> rule(route, block, action))
                .toList();
    }

    private RouteRule rule(HttpRoute route, @Nullable HttpMatch block, RouteRule.Action action) {
        String name = route.name() == null ? "" : route.name();
        if (block != null && block.name() != null) {
            name = name.isEmpty() ? block.name() : name + "." + block.name();
        }
        Match match = block == null ? Match.ANY : match(block);
        return new RouteRule(name, match, action, route.headers(), route.fault(), route.corsPolicy());
    }

    private boolean selects(VirtualService owner, HttpMatch block) {
        List<String> gateways = block.gateways().isEmpty() ? owner.gateways() : block.gateways();
        Integer port = block.port();
        if (!applies(gateways, owner.namespace()) || port != null && port != 0 && port != scope.port() || needsClaims(block)) {
            return false;
        }
        if (!scope.isMesh()) {
            return true;
        }
        String namespace = block.sourceNamespace();
        boolean from = namespace == null || namespace.isEmpty() || namespace.equals(scope.namespace());
        return from && Labels.match(block.sourceLabels(), scope.labels());
    }

    /** Claims of a token: nothing checks tokens here, so nothing can have the claim. */
    private static boolean needsClaims(HttpMatch block) {
        return block.headers().keySet().stream().anyMatch(name -> name.startsWith("@"));
    }

    private boolean applies(List<String> gateways, String namespace) {
        return GatewayNames.contains(gateways, namespace, scope.gateway());
    }

    private static Match match(HttpMatch block) {
        return new Match(
                block.uri(),
                block.ignoreUriCase(),
                block.scheme(),
                block.method(),
                block.authority(),
                headers(block.headers()),
                headers(block.withoutHeaders()),
                block.queryParams());
    }

    private static Map<String, StringMatch> headers(Map<String, StringMatch> headers) {
        Map<String, StringMatch> kept = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            if (!NOT_HEADERS.contains(name) && !name.startsWith("@")) {
                kept.put(name, value);
            }
        });
        return kept;
    }

    private RouteRule.@Nullable Action action(HttpRoute route, String namespace) {
        if (route.redirect() != null) {
            return new RouteRule.Redirected(route.redirect());
        }
        if (route.directResponse() != null) {
            return new RouteRule.Answered(route.directResponse());
        }
        List<WeightedTarget> targets = targets(route, namespace);
        if (targets.isEmpty()) {
            return null;
        }
        Duration timeout = route.timeout();
        return new Forward(
                targets, timeout == null ? Duration.ZERO : timeout, route.retries(), route.rewrite(), mirrors(route, namespace));
    }

    /** Weights are relative; a single destination gets everything; of several, those with weight 0 get nothing. */
    private List<WeightedTarget> targets(HttpRoute route, String namespace) {
        List<WeightedTarget> targets = new ArrayList<>();
        boolean single = route.route().size() == 1;
        for (HttpRoute.WeightedDestination destination : route.route()) {
            Integer weight = destination.weight();
            int share = single ? 1 : weight == null ? 0 : weight;
            if (share > 0) {
                targets.add(new WeightedTarget(
                        scope.resolve(destination.destination(), namespace), share, destination.headers()));
            }
        }
        return targets;
    }

    private List<Mirrored> mirrors(HttpRoute route, String namespace) {
        List<Mirrored> mirrors = new ArrayList<>();
        if (route.mirror() != null) {
            mirrors.add(new Mirrored(scope.resolve(route.mirror(), namespace), percent(route.mirrorPercentage())));
        }
        route.mirrors().forEach(mirror ->
                mirrors.add(new Mirrored(scope.resolve(mirror.destination(), namespace), percent(mirror.percentage()))));
        mirrors.removeIf(mirror -> mirror.percent() <= 0);
        return mirrors;
    }

    /** Absent means all: the opposite of a fault's. */
    private static double percent(@Nullable Double percentage) {
        return percentage == null ? 100 : percentage;
    }
}
