package io.weft.pilot.generate;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.weft.pilot.MeshYaml;
import java.util.List;
import java.util.Map;

/** The routes of a sidecar in Bookinfo, with a user's rules. */
final class BookinfoRoutes {

    static final String REVIEWS = "reviews.default.svc.cluster.local:9080";
    static final String V1 = "outbound|9080|v1|reviews.default.svc.cluster.local";
    static final String V2 = "outbound|9080|v2|reviews.default.svc.cluster.local";
    static final String V3 = "outbound|9080|v3|reviews.default.svc.cluster.local";

    private BookinfoRoutes() {}

    static Generated generated(Proxy proxy, String... yaml) {
        String[] all = new String[yaml.length + 2];
        all[0] = MeshYaml.file("bookinfo.yaml");
        all[1] = MeshYaml.file("destination-rule-all.yaml");
        System.arraycopy(yaml, 0, all, 2, yaml.length);
        return Generated.of(MeshYaml.state(all), proxy);
    }

    static Generated fromDefault(String... yaml) {
        return generated(Proxies.client("default", Map.of("app", "productpage")), yaml);
    }

    static String virtualService(String name, String spec) {
        return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: " + name + ", namespace: default}\nspec:\n"
                + spec.indent(2);
    }

    static List<Route> reviews(String rules) {
        return fromDefault(virtualService("reviews", "hosts: [reviews]\nhttp:\n" + rules)).proxyRoutes(REVIEWS);
    }

    static List<String> clusters(Generated generated) {
        return generated.proxyRoutes(REVIEWS).stream().map(route -> route.getRoute().getCluster()).toList();
    }
}
