package io.weft.pilot.routing;

import io.weft.pilot.model.Destination;
import io.weft.pilot.registry.MeshService;
import java.util.Map;

/**
 * For whom rules are compiled.
 *
 * @param gateway       {@code mesh}, or {@code namespace/name} of a Gateway
 * @param port          the listener's port, as users number it
 * @param labels        the proxy's
 * @param services      what it sees
 * @param clusterDomain completes short names
 */
public record RouteScope(
        String gateway, int port, Map<String, String> labels, ServiceScope services, String clusterDomain) {

    public static final String MESH = "mesh";

    public boolean isMesh() {
        return gateway.equals(MESH);
    }

    /** The namespace of the proxy. */
    public String namespace() {
        return services.namespace();
    }

    /** A destination without a port means the service's only port, else the port of the listener. */
    public Target resolve(Destination destination, String namespace) {
        String host = HostNames.resolve(destination.host(), namespace, clusterDomain);
        Integer wanted = destination.port();
        MeshService service = services.find(host).orElse(null);
        int resolved;
        if (wanted != null && wanted > 0) {
            resolved = wanted;
        } else if (service != null && service.ports().size() == 1) {
            resolved = service.ports().get(0).number();
        } else {
            resolved = port;
        }
        String subset = destination.subset();
        return new Target(host, subset == null ? "" : subset, resolved);
    }
}
