package io.weft.gateway.role;

import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.LinkedHashMap;
import java.util.Map;

/** A gateway's two ports, whatever users' YAML calls them. */
record GatewayDoors(GatewaySettings settings) implements Doors {

    private static final String HTTP = "http-port";
    private static final String HTTPS = "https-port";

    @Override
    public Map<String, Wanted> wanted() {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        wanted.put(HTTP, new Wanted(settings.ports().httpPort(), settings.portProperty(HTTP)));
        wanted.put(HTTPS, new Wanted(settings.ports().httpsPort(), settings.portProperty(HTTPS)));
        return wanted;
    }

    @Override
    public Node node(Map<String, Integer> bound) {
        return GatewayNode.of(settings, bound.get(HTTP), bound.get(HTTPS));
    }
}
