package io.weft.pilot.routing;

import io.weft.pilot.model.SpringUri;
import io.weft.pilot.registry.MeshService;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an {@code lb:} URI means. As with a VirtualService's destination it may name what is not there (yet): requests fail with 503 then, and
 * somebody is told why.
 *
 * @param service null: there is none of this name
 * @param problem null: everything is there
 */
public record SpringTarget(Target target, @Nullable MeshService service, @Nullable String problem) {

    private static final int USUAL_PORT = 80;

    /**
     * Resolves a service of the mesh.
     *
     * @param namespace of the route, which completes short names
     * @param services what that namespace sees
     */
    public static SpringTarget resolve(SpringUri uri, String namespace, ServiceScope services, String clusterDomain) {
        String name = uri.service();
        if (name == null) {
            throw new IllegalArgumentException("no service in " + uri.text());
        }
        String host = HostNames.resolve(name, namespace, clusterDomain);
        String subset = uri.subset() == null ? "" : uri.subset();
        MeshService service = services.find(host).orElse(null);
        Integer port = uri.port();
        if (service == null) {
            Target target = new Target(host, subset, port == null ? USUAL_PORT : port);
            return new SpringTarget(target, null, "there is no service " + host + " that namespace " + namespace + " sees");
        }
        if (port != null) {
            String problem = service.port(port).isPresent() ? null : host + " has no port " + port + ports(service.ports());
            return new SpringTarget(new Target(host, subset, port), service, problem);
        }
        List<MeshService.Port> http = service.ports().stream()
                .filter(each -> each.protocol().isHttp())
                .toList();
        List<MeshService.Port> choice = http.isEmpty() ? service.ports() : http;
        if (choice.size() == 1) {
            return new SpringTarget(new Target(host, subset, choice.get(0).number()), service, null);
        }
        return new SpringTarget(
                new Target(host, subset, USUAL_PORT),
                service,
                service.port(USUAL_PORT).isPresent() ? null : host + " has several ports, and the URI none" + ports(choice));
    }

    /** Says also whether the rules of the one who sends have the subset. */
    public SpringTarget withRule(TrafficRule rule) {
        boolean missing = problem == null && !target.subset().isEmpty() && rule.subset(target.subset()).isEmpty();
        return missing
                ? new SpringTarget(target, service, "no DestinationRule of " + target.host() + " has a subset " + target.subset())
                : this;
    }

    private static String ports(List<MeshService.Port> ports) {
        return " (expected: one of " + ports.stream().map(MeshService.Port::number).toList() + ")";
    }
}
