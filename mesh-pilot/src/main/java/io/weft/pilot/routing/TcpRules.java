package io.weft.pilot.routing;

import io.weft.pilot.model.TcpRoute;
import io.weft.pilot.model.TlsRoute;
import io.weft.pilot.model.VirtualService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compiles {@code tcp} and {@code tls} rules for one proxy and port. */
public final class TcpRules {

    private final RouteScope scope;

    public TcpRules(RouteScope scope) {
        this.scope = scope;
    }

    /** @param weight relative; at least 1 */
    public record Share(Target target, int weight) {}

    /**
     * Connections with one of these names in their ClientHello.
     *
     * @param subnets where they went to; empty: anywhere
     */
    public record SniRoute(List<String> sniHosts, List<String> subnets, List<Share> shares) {}

    /** @param subnets where connections went to; empty: anywhere */
    public record TcpRouted(List<String> subnets, List<Share> shares) {}

    /**
     * The TCP rules that apply, in order, up to the first that asks for no destination subnet: none behind it could be reached. A subnet is compared with the
     * address that the client connected to; without capture that is the listener's own.
     */
    public List<TcpRouted> tcp(VirtualService rules) {
        List<TcpRouted> routes = new ArrayList<>();
        for (TcpRoute rule : rules.tcp()) {
            List<Share> shares = shares(rule.route(), rules.namespace());
            if (shares.isEmpty()) {
                continue;
            }
            for (List<String> subnets : subnets(rules, rule)) {
                routes.add(new TcpRouted(subnets, shares));
                if (subnets.isEmpty()) {
                    return routes;
                }
            }
        }
        return routes;
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
                    routes.add(new SniRoute(match.sniHosts(), match.destinationSubnets(), shares));
                }
            }
        }
        return routes;
    }

    /** Of each of a rule's matches that applies. */
    private List<List<String>> subnets(VirtualService rules, TcpRoute rule) {
        if (rule.match().isEmpty()) {
            boolean bound = GatewayNames.contains(rules.gateways(), rules.namespace(), scope.gateway());
            return bound ? List.of(List.of()) : List.of();
        }
        return rule.match().stream()
                .filter(match -> selects(
                        rules, match.gateways(), match.port(), match.sourceNamespace(), match.sourceLabels()))
                .map(TcpRoute.Match::destinationSubnets)
                .toList();
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
