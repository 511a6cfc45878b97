package io.weft.gateway.filter;

import java.util.Map;
import org.springframework.web.server.ServerWebExchange;

/** What a distributed route says of its target beyond its URI. */
public final class RouteTarget {

    /** Name of the cluster behind the route's {@code lb:} URI. */
    static final String CLUSTER = RouteTarget.class.getName() + ".cluster";

    /** The same once it is clear that the request goes there. */
    static final String CHOSEN = RouteTarget.class.getName() + ".chosen";

    private RouteTarget() {}

    /** Remembers the target of the route that an exchange was given. {@code cluster} empty: none. */
    public static void of(ServerWebExchange exchange, String cluster) {
        Map<String, Object> attributes = exchange.getAttributes();
        if (cluster.isEmpty()) {
            attributes.remove(CLUSTER);
        } else {
            attributes.put(CLUSTER, cluster);
        }
    }
}
