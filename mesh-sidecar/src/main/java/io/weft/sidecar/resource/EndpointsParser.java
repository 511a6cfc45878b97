package io.weft.sidecar.resource;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code ClusterLoadAssignment} → {@link EndpointsResource}. */
final class EndpointsParser {
    private static final int ENVOY_OVERPROVISIONING = 140;
    private static final int MAX_PRIORITY = 128;
    private static final Fields ASSIGNMENT =
            Fields.of(ClusterLoadAssignment.getDescriptor(), "cluster_name", "endpoints", "policy");
    private static final Fields POLICY =
            Fields.of(ClusterLoadAssignment.Policy.getDescriptor(), "overprovisioning_factor");
    private static final Fields LOCALITY = Fields.of(
                    LocalityLbEndpoints.getDescriptor(), "locality", "lb_endpoints", "load_balancing_weight", "priority")
            .ignore("only filters and log formats that are refused would read it", "metadata");
    private static final Fields LB_ENDPOINT = Fields.of(
            LbEndpoint.getDescriptor(), "endpoint", "health_status", "metadata", "load_balancing_weight");
    private static final Fields ENDPOINT =
            Fields.of(Endpoint.getDescriptor(), "address", "hostname", "health_check_config");
    private static final Fields HEALTH_CHECK = Fields.of(Endpoint.HealthCheckConfig.getDescriptor(), "port_value");

    private EndpointsParser() {}

    static EndpointsResource parse(Where where, ClusterLoadAssignment assignment) {
        ASSIGNMENT.check(where, assignment);
        if (assignment.getClusterName().isEmpty()) {
            throw where.refuse("cluster_name", "\"\"", "a name");
        }
        List<EndpointsResource.Locality> localities = new ArrayList<>(assignment.getEndpointsCount());
        for (int i = 0; i < assignment.getEndpointsCount(); i++) {
            localities.add(locality(where.item("endpoints", i), assignment.getEndpoints(i)));
        }
        int factor = ENVOY_OVERPROVISIONING;
        if (assignment.hasPolicy()) {
            Where at = where.field("policy");
            POLICY.check(at, assignment.getPolicy());
            if (assignment.getPolicy().hasOverprovisioningFactor()) {
                factor = Values.uint(assignment.getPolicy().getOverprovisioningFactor());
                if (factor < 1) {
                    throw at.refuse("overprovisioning_factor", factor, ">= 1");
                }
            }
        }
        return new EndpointsResource(assignment.getClusterName(), localities, factor);
    }

    /** Refuses host names, where nobody would resolve them. */
    static void requireAddresses(Where where, EndpointsResource endpoints) {
        for (EndpointsResource.Locality locality : endpoints.localities()) {
            for (EndpointsResource.Endpoint endpoint : locality.endpoints()) {
                String host = endpoint.address().host();
                boolean address = host.startsWith("/")
                        || NetUtil.isValidIpV4Address(host)
                        || NetUtil.isValidIpV6Address(host);
                if (!address) {
                    throw where.refuse("address " + host + " (expected: an IP address; a name needs STRICT_DNS or LOGICAL_DNS)");
                }
            }
        }
    }

    private static EndpointsResource.Locality locality(Where where, LocalityLbEndpoints locality) {
        LOCALITY.check(where, locality);
        int priority = locality.getPriority();
        if (priority < 0 || priority > MAX_PRIORITY) {
            throw where.refuse("priority", Integer.toUnsignedString(priority), "0 to " + MAX_PRIORITY);
        }
        List<EndpointsResource.Endpoint> endpoints = new ArrayList<>(locality.getLbEndpointsCount());
        for (int i = 0; i < locality.getLbEndpointsCount(); i++) {
            endpoints.add(endpoint(where.item("lb_endpoints", i), locality.getLbEndpoints(i)));
        }
        return new EndpointsResource.Locality(
                locality.getLocality().getRegion(),
                locality.getLocality().getZone(),
                locality.getLocality().getSubZone(),
                locality.hasLoadBalancingWeight() ? Values.uint(locality.getLoadBalancingWeight()) : 0,
                priority,
                endpoints);
    }

    private static EndpointsResource.Endpoint endpoint(Where where, LbEndpoint lb) {
        LB_ENDPOINT.check(where, lb);
        if (!lb.hasEndpoint()) {
            throw where.refuse("no endpoint");
        }
        Endpoint endpoint = lb.getEndpoint();
        Where at = where.field("endpoint");
        ENDPOINT.check(at, endpoint);
        int weight = lb.hasLoadBalancingWeight() ? Values.uint(lb.getLoadBalancingWeight()) : 1;
        if (weight < 1) {
            throw where.refuse("load_balancing_weight", weight, ">= 1");
        }
        HEALTH_CHECK.check(at.field("health_check_config"), endpoint.getHealthCheckConfig());
        Map<String, Struct> metadata = lb.getMetadata().getFilterMetadataMap();
        Struct match = metadata.getOrDefault("envoy.transport_socket_match", Struct.getDefaultInstance());
        Struct istio = metadata.getOrDefault("istio", Struct.getDefaultInstance());
        Struct weft = metadata.getOrDefault("weft", Struct.getDefaultInstance());
        return new EndpointsResource.Endpoint(
                Values.address(at.field("address"), endpoint.getAddress()),
                endpoint.getHostname(),
                weight,
                health(where, lb),
                Values.strings(where.field("metadata.envoy.transport_socket_match"), match),
                Workload.of(text(istio, "workload"), text(weft, "app"), text(weft, "version")),
                Values.uint(endpoint.getHealthCheckConfig().getPortValue()));
    }

    private static String text(Struct struct, String key) {
        return struct.getFieldsOrDefault(key, Value.getDefaultInstance()).getStringValue();
    }

    private static EndpointsResource.Health health(Where where, LbEndpoint lb) {
        switch (lb.getHealthStatus()) {
            case UNKNOWN:
                return EndpointsResource.Health.UNKNOWN;
            case HEALTHY:
                return EndpointsResource.Health.HEALTHY;
            case UNHEALTHY:
                return EndpointsResource.Health.UNHEALTHY;
            case DRAINING:
                return EndpointsResource.Health.DRAINING;
            case TIMEOUT:
                return EndpointsResource.Health.TIMEOUT;
            case DEGRADED:
                return EndpointsResource.Health.DEGRADED;
            default:
                throw where.refuse("health_status", lb.getHealthStatusValue(), "one of Envoy's six");
        }
    }
}
