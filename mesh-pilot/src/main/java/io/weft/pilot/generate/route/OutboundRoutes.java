package io.weft.pilot.generate.route;

import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.weft.pilot.model.LoadBalancer;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.routing.HostNames;
import io.weft.pilot.routing.HttpRules;
import io.weft.pilot.routing.MeshRules;
import io.weft.pilot.routing.RouteRule;
import io.weft.pilot.routing.RouteScope;
import io.weft.pilot.routing.ServiceScope;
import io.weft.pilot.routing.Target;
import io.weft.pilot.routing.TrafficRules;
import io.weft.pilot.routing.UnknownTraffic;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Route configurations of a sidecar: {@code http_proxy} with every visible host and port, and one for each Sidecar listener.
 *
 * <p>A service whose rules cannot be turned into routes is left with its default route and a log line; the others are not touched.
 */
public final class OutboundRoutes {

    public static final String HTTP_PROXY = "http_proxy";

    private static final Logger log = LoggerFactory.getLogger(OutboundRoutes.class);
    private static final int HTTP_PORT = 80;
    private static final int MAX_DIRECT_RESPONSE = 1 << 20;

    private final MeshState state;
    private final Map<String, String> labels;
    private final TrafficRules traffic;
    private final MeshRules rules;

    public OutboundRoutes(MeshState state, MeshRules rules, Map<String, String> labels, TrafficRules traffic) {
        this.state = state;
        this.labels = labels;
        this.traffic = traffic;
        this.rules = rules;
    }

    /** Every visible host and port. A name without a port is the service's port 80, or its only HTTP port. */
    public RouteConfiguration httpProxy(ServiceScope services, UnknownTraffic unknown) {
        List<VirtualHost> hosts = new ArrayList<>();
        Domains taken = new Domains();
        for (MeshService service : services.services()) {
            List<MeshService.Port> ports = httpPorts(service);
            for (MeshService.Port port : ports) {
                boolean alsoWithout = ports.size() == 1 || port.number() == HTTP_PORT;
                Set<String> domains = taken.claim(names(service, services.namespace()), port.number(), alsoWithout);
                virtualHost(services, service, port, domains).ifPresent(hosts::add);
            }
        }
        ruledWithoutService(services, HTTP_PORT, taken, hosts);
        hosts.add(VirtualHosts.unknown(unknown));
        return configuration(HTTP_PROXY, hosts);
    }

    /** A Sidecar listener's: hosts of its own port; a single one answers to any name. */
    public RouteConfiguration listener(ServiceScope services, int number, UnknownTraffic unknown) {
        List<VirtualHost> hosts = new ArrayList<>();
        Domains taken = new Domains();
        for (MeshService service : services.services()) {
            for (MeshService.Port port : httpPorts(service)) {
                if (port.number() == number) {
                    Set<String> domains = taken.claim(names(service, services.namespace()), number, true);
                    virtualHost(services, service, port, domains).ifPresent(hosts::add);
                }
            }
        }
        ruledWithoutService(services, number, taken, hosts);
        if (hosts.size() == 1) {
            hosts.set(0, hosts.get(0).toBuilder().clearDomains().addDomains("*").build());
        } else {
            hosts.add(VirtualHosts.unknown(unknown));
        }
        return configuration(Integer.toString(number), hosts);
    }

    private static RouteConfiguration configuration(String name, List<VirtualHost> hosts) {
        return RouteConfiguration.newBuilder()
                .setName(name)
                .addAllVirtualHosts(hosts)
                .setValidateClusters(com.google.protobuf.BoolValue.of(false))
                .setMaxDirectResponseBodySizeBytes(com.google.protobuf.UInt32Value.of(MAX_DIRECT_RESPONSE))
                .build();
    }

    private static List<MeshService.Port> httpPorts(MeshService service) {
        return service.ports().stream()
                .filter(port -> port.protocol().isHttp() || port.protocol() == Protocol.UNKNOWN)
                .toList();
    }

    private Optional<VirtualHost> virtualHost(
            ServiceScope services, MeshService service, MeshService.Port port, Set<String> domains) {
        if (domains.isEmpty()) {
            return Optional.empty();
        }
        RouteScope scope = scope(services, port.number());
        VirtualHost.Builder host = VirtualHost.newBuilder()
                .setName(service.hostname() + ":" + port.number())
                .addAllDomains(domains);
        Routes routes = routes(services);
        for (RouteRule rule : rules(service, scope)) {
            host.addRoutes(routes.of(rule, port.number()));
        }
        return Optional.of(host.build());
    }

    private List<RouteRule> rules(MeshService service, RouteScope scope) {
        List<RouteRule> byDefault =
                List.of(RouteRule.toService(new Target(service.hostname(), "", scope.port())));
        return rules.of(service.hostname())
                .filter(found -> !found.http().isEmpty())
                .map(found -> {
                    try {
                        return new HttpRules(state, scope).compile(found);
                    } catch (RuntimeException e) {
                        log.error("{} cannot be turned into routes of {}; it is left out", found.key(), service.hostname(), e);
                        return byDefault;
                    }
                })
                .orElse(byDefault);
    }

    /** Rules may be about a host that no service has: their destinations may have one. */
    private void ruledWithoutService(ServiceScope services, int port, Domains taken, List<VirtualHost> hosts) {
        for (MeshRules.Ruled ruled : rules.all()) {
            boolean known = ruled.host().equals("*") || services.knows(ruled.host());
            if (known || ruled.rules().http().isEmpty()) {
                continue;
            }
            List<RouteRule> compiled = new HttpRules(state, scope(services, port)).compile(ruled.rules());
            Set<String> domains = taken.claim(shortForms(ruled.host(), services.namespace()), port, true);
            if (compiled.isEmpty() || domains.isEmpty()) {
                continue;
            }
            Routes routes = routes(services);
            VirtualHost.Builder host = VirtualHost.newBuilder().setName(ruled.host() + ":" + port).addAllDomains(domains);
            compiled.forEach(rule -> host.addRoutes(routes.of(rule, port)));
            hosts.add(host.build());
        }
    }

    private RouteScope scope(ServiceScope services, int port) {
        return new RouteScope(RouteScope.MESH, port, labels, services, state.settings().clusterDomain());
    }

    private Routes routes(ServiceScope services) {
        return Routes.among(services, traffic);
    }

    private List<String> names(MeshService service, String client) {
        List<String> names = new ArrayList<>(shortForms(service.hostname(), client));
        for (String address : service.addresses()) {
            if (address.indexOf('/') < 0) {
                names.add(address.indexOf(':') < 0 ? address : "[" + address + "]");
            }
        }
        return names;
    }

    /** {@code reviews.default.svc.cluster.local} also as {@code reviews.default.svc}, {@code reviews.default}, and in its own namespace {@code reviews}. */
    private List<String> shortForms(String host, String client) {
        List<String> forms = new ArrayList<>();
        forms.add(host);
        String suffix = ".svc." + state.settings().clusterDomain();
        if (host.endsWith(suffix) && !HostNames.isWildcard(host)) {
            String name = host.substring(0, host.length() - suffix.length());
            forms.add(name + ".svc");
            forms.add(name);
            int dot = name.lastIndexOf('.');
            if (dot > 0 && name.substring(dot + 1).equals(client)) {
                forms.add(name.substring(0, dot));
            }
        }
        return forms;
    }

    /** Envoy refuses a configuration in which two virtual hosts have one domain: the first keeps it. */
    private static final class Domains {

        private final Set<String> taken = new LinkedHashSet<>();

        Set<String> claim(List<String> names, int port, boolean alsoWithoutPort) {
            Set<String> claimed = new LinkedHashSet<>();
            for (String name : names) {
                if (alsoWithoutPort && taken.add(name)) {
                    claimed.add(name);
                }
                String withPort = name + ":" + port;
                if (!name.equals("*") && taken.add(withPort)) {
                    claimed.add(withPort);
                }
            }
            return claimed;
        }
    }
}
