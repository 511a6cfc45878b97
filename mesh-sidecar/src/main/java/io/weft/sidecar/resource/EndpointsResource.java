package io.weft.sidecar.resource;

import java.util.List;
import java.util.Map;

/**
 * The endpoints of one cluster.
 *
 * @param overprovisioningFactor percent; Envoy's default 140
 */
public record EndpointsResource(String clusterName, List<Locality> localities, int overprovisioningFactor) {
    public EndpointsResource {
        localities = List.copyOf(localities);
    }

    /** All endpoints in one locality of weight 1, priority 0. */
    public static EndpointsResource of(String clusterName, List<Endpoint> endpoints) {
        return new EndpointsResource(clusterName, List.of(new Locality("", "", "", 0, 0, endpoints)), 140);
    }

    /**
     * @param weight 0: locality weights are not used; otherwise relative among localities of one priority
     * @param priority 0 is the highest
     */
    public record Locality(
            String region, String zone, String subZone, int weight, int priority, List<Endpoint> endpoints) {
        public Locality {
            endpoints = List.copyOf(endpoints);
        }
    }

    /** As EDS says it. */
    public enum Health {
        UNKNOWN,
        HEALTHY,
        UNHEALTHY,
        DRAINING,
        TIMEOUT,
        DEGRADED
    }

    /**
     * @param hostname of the endpoint, for {@code auto_host_rewrite} and health checks; may be empty
     * @param weight at least 1
     * @param transportMatch the {@code envoy.transport_socket_match} metadata
     * @param workload whose it is, by the metadata {@code istio} and {@code weft}
     */
    public record Endpoint(
            NetAddress address,
            String hostname,
            int weight,
            Health health,
            Map<String, String> transportMatch,
            Workload workload,
            int healthCheckPort) {
        public Endpoint {
            transportMatch = Map.copyOf(transportMatch);
            if (weight < 1) {
                throw new ResourceException("load_balancing_weight: " + weight + " of " + address + " (expected: >= 1)");
            }
        }

        public static Endpoint of(String host, int port) {
            return new Endpoint(new NetAddress(host, port), "", 1, Health.UNKNOWN, Map.of(), Workload.UNKNOWN, 0);
        }
    }
}
