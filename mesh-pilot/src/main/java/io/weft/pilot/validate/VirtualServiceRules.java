package io.weft.pilot.validate;

import io.weft.pilot.model.Destination;
import io.weft.pilot.model.Names;
import io.weft.pilot.model.TcpRoute;
import io.weft.pilot.model.TlsRoute;
import io.weft.pilot.model.VirtualService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules of a VirtualService outside its HTTP routes. */
final class VirtualServiceRules {

    private VirtualServiceRules() {}

    static void check(VirtualService object, Check check) {
        hosts(object, check);
        for (int i = 0; i < object.gateways().size(); i++) {
            gateway("spec.gateways[" + i + "]", object.gateways().get(i), check);
        }
        if (object.http().isEmpty() && object.tls().isEmpty() && object.tcp().isEmpty()) {
            check.missing("spec", "at least one of http, tls and tcp");
        }
        for (int i = 0; i < object.http().size(); i++) {
            HttpRouteRules.check("spec.http[" + i + "]", object.http().get(i), check);
        }
        for (int i = 0; i < object.tls().size(); i++) {
            tls("spec.tls[" + i + "]", object, object.tls().get(i), check);
        }
        for (int i = 0; i < object.tcp().size(); i++) {
            tcp("spec.tcp[" + i + "]", object.tcp().get(i), check);
        }
        check.exportTo("spec.exportTo", object.exportTo());
    }

    private static void hosts(VirtualService object, Check check) {
        boolean mesh = object.gateways().isEmpty() || object.gateways().contains("mesh");
        for (int i = 0; i < object.hosts().size(); i++) {
            String path = "spec.hosts[" + i + "]";
            String host = object.hosts().get(i);
            check.host(path, host);
            if (host.equals("*") && mesh) {
                check.expected(path, host, "a host other than * for the gateway `mesh`");
            }
        }
        // No hosts: another VirtualService delegates to this one.
        if (object.hosts().isEmpty() && !object.gateways().isEmpty()) {
            check.missing("spec.hosts", "at least one host, or no gateways for a delegate");
        }
        if (object.hosts().isEmpty() && !(object.tls().isEmpty() && object.tcp().isEmpty())) {
            check.missing("spec.hosts", "at least one host");
        }
    }

    static void gateway(String path, String gateway, Check check) {
        int slash = gateway.indexOf('/');
        boolean namespaceFits = slash < 0 || Names.isLabel(gateway.substring(0, slash)) || gateway.startsWith("./");
        if (!namespaceFits || !Names.isSubdomain(gateway.substring(slash + 1))) {
            check.expected(path, gateway, "mesh, a gateway's name or namespace/name");
        }
    }

    private static void tls(String path, VirtualService object, TlsRoute route, Check check) {
        if (route.match().isEmpty()) {
            check.missing(path + ".match", "at least one match with sniHosts");
        }
        for (int i = 0; i < route.match().size(); i++) {
            TlsRoute.Match match = route.match().get(i);
            String at = path + ".match[" + i + "]";
            if (match.sniHosts().isEmpty()) {
                check.missing(at + ".sniHosts", "at least one host");
            }
            for (int j = 0; j < match.sniHosts().size(); j++) {
                String sni = match.sniHosts().get(j);
                check.host(at + ".sniHosts[" + j + "]", sni);
                if (object.hosts().stream().noneMatch(host -> Hosts.covers(host, sni))) {
                    check.expected(at + ".sniHosts[" + j + "]", sni, "covered by spec.hosts " + object.hosts());
                }
            }
            selectors(at, match.destinationSubnets(), match.port(), match.gateways(), check);
            check.labels(at + ".sourceLabels", match.sourceLabels());
            check.label(at + ".sourceNamespace", match.sourceNamespace());
        }
        destinations(path, route.route(), check);
    }

    private static void tcp(String path, TcpRoute route, Check check) {
        for (int i = 0; i < route.match().size(); i++) {
            TcpRoute.Match match = route.match().get(i);
            String at = path + ".match[" + i + "]";
            selectors(at, match.destinationSubnets(), match.port(), match.gateways(), check);
            check.labels(at + ".sourceLabels", match.sourceLabels());
            check.label(at + ".sourceNamespace", match.sourceNamespace());
        }
        destinations(path, route.route(), check);
    }

    private static void selectors(
            String path, List<String> subnets, @Nullable Integer port, List<String> gateways, Check check) {
        for (int i = 0; i < subnets.size(); i++) {
            check.ipOrCidr(path + ".destinationSubnets[" + i + "]", subnets.get(i));
        }
        check.port(path + ".port", port);
        for (int i = 0; i < gateways.size(); i++) {
            gateway(path + ".gateways[" + i + "]", gateways.get(i), check);
        }
    }

    private static void destinations(String path, List<TcpRoute.WeightedDestination> route, Check check) {
        if (route.isEmpty()) {
            check.missing(path + ".route", "at least one destination");
        }
        List<@Nullable Integer> weights = new ArrayList<>();
        for (int i = 0; i < route.size(); i++) {
            destination(path + ".route[" + i + "].destination", route.get(i).destination(), check);
            weights.add(route.get(i).weight());
        }
        weights(path + ".route", weights, check);
    }

    static void destination(String path, Destination destination, Check check) {
        check.plainHost(path + ".host", destination.host());
        check.label(path + ".subset", destination.subset());
        check.port(path + ".port.number", destination.port());
    }

    /** Relative; a single one gets everything, several must not all be zero. */
    static void weights(String path, List<@Nullable Integer> weights, Check check) {
        long total = 0;
        for (int i = 0; i < weights.size(); i++) {
            Integer weight = weights.get(i);
            check.notNegative(path + "[" + i + "].weight", weight);
            total += weight == null ? 0 : Math.max(0, weight);
        }
        if (weights.size() > 1 && total == 0) {
            check.expected(path, total, "a total weight > 0");
        }
        if (total > 0xFFFF_FFFFL) {
            check.expected(path, total, "a total weight <= 4294967295");
        }
    }
}
