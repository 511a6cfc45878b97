package io.weft.pilot.generate.route;

import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.weft.pilot.model.Gateway;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.routing.GatewayRules;
import io.weft.pilot.routing.HttpRules;
import io.weft.pilot.routing.RouteRule;
import io.weft.pilot.routing.RouteScope;
import io.weft.pilot.routing.ServiceScope;
import io.weft.pilot.routing.TrafficRules;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Route configurations of a gateway: of all plain HTTP servers on a port together, or of one HTTPS server. For one host the rules of all its
 * VirtualServices are put one behind the other, oldest first, with catch-alls at the end. Without any rule everything is 404.
 */
public final class GatewayRoutes {

    private static final Logger log = LoggerFactory.getLogger(GatewayRoutes.class);
    private static final int MAX_DIRECT_RESPONSE = 1 << 20;

    private final MeshState state;
    private final Map<String, String> labels;
    private final ServiceScope services;
    private final Routes routes;

    public GatewayRoutes(MeshState state, Map<String, String> labels, ServiceScope services, TrafficRules traffic) {
        this.state = state;
        this.labels = labels;
        this.services = services;
        this.routes = Routes.among(services, traffic);
    }

    /** A server and the Gateway it is of. */
    public record Served(Gateway gateway, Gateway.Server server) {}

    /** @param port as users number it */
    public RouteConfiguration of(String name, int port, List<Served> servers) {
        Map<String, Host> hosts = new LinkedHashMap<>();
        for (Served served : servers) {
            collect(hosts, port, served);
        }
        RouteConfiguration.Builder configuration = RouteConfiguration.newBuilder()
                .setName(name)
                .setIgnorePortInHostMatching(true)
                .setValidateClusters(com.google.protobuf.BoolValue.of(false))
                .setMaxDirectResponseBodySizeBytes(com.google.protobuf.UInt32Value.of(MAX_DIRECT_RESPONSE));
        hosts.forEach((host, found) -> configuration.addVirtualHosts(found.build(host, port, routes)));
        if (hosts.isEmpty()) {
            configuration.addVirtualHosts(
                    VirtualHost.newBuilder().setName("blackhole:" + port).addDomains("*"));
        }
        return configuration.build();
    }

    private void collect(Map<String, Host> hosts, int port, Served served) {
        boolean redirect = served.server().tls() != null && served.server().tls().httpsRedirect();
        GatewayRules rules = new GatewayRules(state, served.gateway(), served.server());
        String gateway = served.gateway().namespace() + "/" + served.gateway().name();
        RouteScope scope = new RouteScope(gateway, port, labels, services, state.settings().clusterDomain());
        rules.byHost(services.namespace()).forEach((host, objects) -> {
            Host found = hosts.computeIfAbsent(host, h -> new Host());
            found.httpsRedirect |= redirect;
            objects.forEach(object -> found.add(object, compile(object, scope)));
        });
        if (redirect) {
            // Also where no rule is: the whole server only redirects.
            rules.serverHosts().forEach(host -> hosts.computeIfAbsent(host, h -> new Host()).httpsRedirect = true);
        }
    }

    private List<RouteRule> compile(VirtualService object, RouteScope scope) {
        try {
            return new HttpRules(state, scope).compile(object);
        } catch (RuntimeException e) {
            log.error("{} cannot be turned into routes of gateway {}; it is left out", object.key(), scope.gateway(), e);
            return List.of();
        }
    }

    private static final class Host {

        private final Map<VirtualService, List<RouteRule>> rules = new LinkedHashMap<>();
        private boolean httpsRedirect;

        void add(VirtualService object, List<RouteRule> compiled) {
            rules.putIfAbsent(object, compiled);
        }

        VirtualHost build(String host, int port, Routes routes) {
            VirtualHost.Builder built =
                    VirtualHost.newBuilder().setName(host + ":" + port).addDomains(host);
            ordered().forEach(rule -> built.addRoutes(routes.of(rule, port)));
            if (httpsRedirect) {
                built.setRequireTls(VirtualHost.TlsRequirementType.ALL);
            }
            return built.build();
        }

        private List<RouteRule> ordered() {
            List<RouteRule> ordered = new ArrayList<>();
            List<RouteRule> catchAlls = new ArrayList<>();
            List<Map.Entry<VirtualService, List<RouteRule>>> oldestFirst = new ArrayList<>(rules.entrySet());
            oldestFirst.sort(java.util.Comparator.comparing(
                    entry -> entry.getKey().meta(), io.weft.pilot.model.ObjectMeta.OLDEST_FIRST));
            for (Map.Entry<VirtualService, List<RouteRule>> entry : oldestFirst) {
                for (RouteRule rule : entry.getValue()) {
                    (rule.match().isCatchAll() ? catchAlls : ordered).add(rule);
                }
            }
            ordered.addAll(catchAlls);
            return ordered;
        }
    }
}
