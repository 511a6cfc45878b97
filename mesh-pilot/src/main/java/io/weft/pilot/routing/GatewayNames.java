package io.weft.pilot.routing;

import java.util.List;

/** The names in {@code gateways}: {@code mesh}, a Gateway of the own namespace, or {@code namespace/name}. */
public final class GatewayNames {

    private GatewayNames() {}

    /** Whether the list names this gateway; an empty one names the mesh. */
    public static boolean contains(List<String> gateways, String namespace, String gateway) {
        if (gateways.isEmpty()) {
            return gateway.equals(RouteScope.MESH);
        }
        for (String name : gateways) {
            boolean full = name.equals(RouteScope.MESH) || name.indexOf('/') >= 0;
            String resolved = full ? name : namespace + "/" + name;
            if (resolved.startsWith("./")) {
                resolved = namespace + resolved.substring(1);
            }
            if (resolved.equals(gateway)) {
                return true;
            }
        }
        return false;
    }
}
