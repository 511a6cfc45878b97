package io.weft.pilot.routing;

import io.weft.pilot.model.Gateway;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The rules behind one server of a Gateway: all that are bound to it and share a host with it, oldest first. */
public final class GatewayRules {

    private final MeshState state;
    private final Gateway gateway;
    private final Gateway.Server server;

    public GatewayRules(MeshState state, Gateway gateway, Gateway.Server server) {
        this.state = state;
        this.gateway = gateway;
        this.server = server;
    }

    /** A VirtualService and the hosts it shares with the server. */
    public record Bound(VirtualService rules, List<String> hosts) {}

    /** The server's hosts without their namespaces. */
    public List<String> serverHosts() {
        return server.hosts().stream().map(host -> ServerHost.parse(host, gateway.namespace()).host()).distinct().toList();
    }

    public List<Bound> bound(String proxyNamespace) {
        String name = gateway.namespace() + "/" + gateway.name();
        List<Bound> bound = new ArrayList<>();
        for (VirtualService rules : state.all(VirtualService.class)) {
            if (!names(rules, name) || !ExportTo.visible(rules.exportTo(), rules.namespace(), proxyNamespace)) {
                continue;
            }
            List<String> hosts = sharedHosts(rules);
            if (!hosts.isEmpty()) {
                bound.add(new Bound(rules, hosts));
            }
        }
        return bound;
    }

    /** By host, in the order in which the hosts first come up. */
    public Map<String, List<VirtualService>> byHost(String proxyNamespace) {
        Map<String, List<VirtualService>> byHost = new LinkedHashMap<>();
        for (Bound bound : bound(proxyNamespace)) {
            for (String host : bound.hosts()) {
                byHost.computeIfAbsent(host, h -> new ArrayList<>()).add(bound.rules());
            }
        }
        return byHost;
    }

    private static boolean names(VirtualService rules, String gateway) {
        boolean own = !rules.gateways().isEmpty() && GatewayNames.contains(rules.gateways(), rules.namespace(), gateway);
        return own
                || rules.http().stream()
                        .flatMap(rule -> rule.match().stream())
                        .anyMatch(match -> !match.gateways().isEmpty()
                                && GatewayNames.contains(match.gateways(), rules.namespace(), gateway));
    }

    private List<String> sharedHosts(VirtualService rules) {
        List<String> shared = new ArrayList<>();
        for (String text : server.hosts()) {
            ServerHost serverHost = ServerHost.parse(text, gateway.namespace());
            if (!serverHost.admits(rules.namespace())) {
                continue;
            }
            for (String host : rules.hosts()) {
                String full = HostNames.resolve(host, rules.namespace(), state.settings().clusterDomain());
                Optional<String> both = HostNames.intersection(serverHost.host(), full);
                if (both.isPresent() && !shared.contains(both.get())) {
                    shared.add(both.get());
                }
            }
        }
        return shared;
    }

    /** {@code host}, {@code namespace/host}, {@code ./host} or {@code *}{@code /host}. */
    private record ServerHost(String namespace, String host) {

        static ServerHost parse(String text, String own) {
            int slash = text.indexOf('/');
            String namespace = slash < 0 ? "*" : text.substring(0, slash);
            return new ServerHost(
                    namespace.equals(".") ? own : namespace, text.substring(slash + 1).toLowerCase(Locale.ROOT));
        }

        boolean admits(String candidate) {
            return namespace.equals("*") || namespace.equals(candidate);
        }
    }
}
