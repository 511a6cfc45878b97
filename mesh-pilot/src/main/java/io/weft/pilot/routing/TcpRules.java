package io.weft.pilot.routing;

import io.weft.pilot.model.TcpRoute;
import io.weft.pilot.model.TlsRoute;
import io.weft.pilot.model.VirtualService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compiles {@code tcp} and {@code tls} rules for one proxy and port. */
public final class TcpRules {

    private final RouteScope scope;

    public TcpRules(RouteScope scope) {
        this.scope = scope;
    }

    /** @param weight relative; at least 1 */
    public record Share(Target target, int weight) {}

    /** Connections with one of these names in their ClientHello. */
    public record SniRoute(List<String> sniHosts, List<Share> shares) {}

    /** The first TCP rule that applies; destination subnets are not looked at where traffic is not captured. */
    public Optional<List<Share>> tcp(VirtualService rules) {
        return rules.tcp().stream()
                .filter(rule -> applies(rules, rule))
                .findFirst()
                .map(rule -> shares(rule.route(), rules.namespace()))
                .filter(shares -> !shares.isEmpty());
    }

    /** In order; the first whose names match is taken. */
    public List<SniRoute> tls(VirtualService rules) {
        List<SniRoute> routes = new ArrayList<>();
        for (TlsRoute rule : rules.tls()) {
            List<Share> shares = shares(rule.route(), rules.namespace());
            for (TlsRoute.Match match : rule.match()) {
                boolean selected = selects(
                        rules, match.gateways(), match.port(), match.sourceNamespace(), match.sourceLabels());
                if (selected && !shares.isEmpty()) {
                    routes.add(new SniRoute(match.sniHosts(), shares));
                }
            }
        }
        return routes;
    }

    private boolean applies(VirtualService rules, TcpRoute rule) {
        if (rule.match().isEmpty()) {
            return GatewayNames.contains(rules.gateways(), rules.namespace(), scope.gateway());
        }
        return rule.match().stream()
                .anyMatch(match -> selects(
                        rules, match.gateways(), match.port(), match.sourceNamespace(), match.sourceLabels()));
    }

    private boolean selects(
            VirtualService rules,
            List<String> matchGateways,
            @Nullable Integer port,
            @Nullable String sourceNamespace,
            Map<String, String> sourceLabels) {
        List<String> gateways = matchGateways.isEmpty() ? rules.gateways() : matchGateways;
        if (!GatewayNames.contains(gateways, rules.namespace(), scope.gateway())
                || port != null && port != 0 && port != scope.port()) {
            return false;
        }
        boolean from = sourceNamespace == null || sourceNamespace.isEmpty() || sourceNamespace.equals(scope.namespace());
        return !scope.isMesh() || from && Labels.match(sourceLabels, scope.labels());
    }

    private List<Share> shares(List<TcpRoute.WeightedDestination> destinations, String namespace) {
        List<Share> shares = new ArrayList<>();
        boolean single = destinations.size() == 1;
        for (TcpRoute.WeightedDestination destination : destinations) {
            Integer weight = destination.weight();
            int share = single ? 1 : weight == null ? 0 : weight;
            if (share > 0) {
                shares.add(new Share(scope.resolve(destination.destination(), namespace), share));
            }
        }
        return shares;
    }
}
