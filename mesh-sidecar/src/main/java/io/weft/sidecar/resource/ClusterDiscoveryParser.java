package io.weft.sidecar.resource;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a cluster's endpoints come from: the cluster itself, EDS, DNS, or each request's host. */
final class ClusterDiscoveryParser {
    private static final Duration ENVOY_DNS_REFRESH = Duration.ofSeconds(5);
    private static final Fields EDS = Fields.of(Cluster.EdsClusterConfig.getDescriptor(), "eds_config", "service_name");
    private static final Fields SOURCE = Fields.of(ConfigSource.getDescriptor(), "ads", "resource_api_version")
            .ignore("one time-out holds for all of a stream", "initial_fetch_timeout");
    private static final Fields CUSTOM = Fields.of(Cluster.CustomClusterType.getDescriptor(), "name", "typed_config");
    private static final Fields FORWARD_PROXY = Fields.of(ClusterConfig.getDescriptor())
            .ignore("hosts are resolved by the engine's own cache", "dns_cache_config")
            .ignore("says only that a missing auto_sni is meant", "allow_insecure_cluster_options");

    private ClusterDiscoveryParser() {}

    static ClusterResource.Type type(Where where, Cluster cluster) {
        if (cluster.hasClusterType()) {
            Where at = where.field("cluster_type");
            CUSTOM.check(at, cluster.getClusterType());
            Any config = cluster.getClusterType().getTypedConfig();
            if (!config.is(ClusterConfig.class)) {
                throw at.refuse("unsupported type " + config.getTypeUrl());
            }
            FORWARD_PROXY.check(at.field("typed_config"), Values.unpack(at, config, ClusterConfig.class));
            return ClusterResource.Type.DYNAMIC_FORWARD_PROXY;
        }
        switch (cluster.getType()) {
            case STATIC:
                return ClusterResource.Type.STATIC;
            case STRICT_DNS:
                return ClusterResource.Type.STRICT_DNS;
            case LOGICAL_DNS:
                return ClusterResource.Type.LOGICAL_DNS;
            case EDS:
                return ClusterResource.Type.EDS;
            default:
                throw where.refuse("type", cluster.getType(), "STATIC, STRICT_DNS, LOGICAL_DNS or EDS: there is no traffic capture here");
        }
    }

    /** The name that endpoints are asked for under; the cluster's own when they are not asked for. */
    static String edsName(Where where, Cluster cluster, ClusterResource.Type type) {
        if (type != ClusterResource.Type.EDS) {
            if (cluster.hasEdsClusterConfig()) {
                throw where.refuse("eds_cluster_config", "set", "only with type EDS");
            }
            return cluster.getName();
        }
        Where at = where.field("eds_cluster_config");
        EDS.check(at, cluster.getEdsClusterConfig());
        SOURCE.check(at.field("eds_config"), cluster.getEdsClusterConfig().getEdsConfig());
        if (!cluster.getEdsClusterConfig().getEdsConfig().hasAds()) {
            throw at.field("eds_config").refuse("no source (expected: ads)");
        }
        String service = cluster.getEdsClusterConfig().getServiceName();
        return service.isEmpty() ? cluster.getName() : service;
    }

    /** The endpoints in the cluster itself; null when it has none there by its type. */
    static @Nullable EndpointsResource endpoints(Where where, Cluster cluster, ClusterResource.Type type) {
        boolean inline = type == ClusterResource.Type.STATIC
                || type == ClusterResource.Type.STRICT_DNS
                || type == ClusterResource.Type.LOGICAL_DNS;
        if (!inline) {
            if (cluster.hasLoadAssignment()) {
                throw where.refuse("load_assignment", "set", "none with " + type);
            }
            return null;
        }
        Where at = where.field("load_assignment");
        if (!cluster.hasLoadAssignment()) {
            // Envoy allows a cluster without any endpoint: every request is then 503 UH.
            return EndpointsResource.of(cluster.getName(), List.of());
        }
        EndpointsResource endpoints = EndpointsParser.parse(at, cluster.getLoadAssignment());
        if (type == ClusterResource.Type.STATIC) {
            EndpointsParser.requireAddresses(at, endpoints);
        } else if (type == ClusterResource.Type.LOGICAL_DNS) {
            long count = endpoints.localities().stream().mapToLong(l -> l.endpoints().size()).sum();
            if (count != 1) {
                throw at.refuse(count + " endpoints (expected: exactly one with LOGICAL_DNS)");
            }
        }
        return endpoints;
    }

    static ClusterResource.Dns dns(Where where, Cluster cluster) {
        Duration refresh = cluster.hasDnsRefreshRate()
                ? Values.duration(where, "dns_refresh_rate", cluster.getDnsRefreshRate())
                : ENVOY_DNS_REFRESH;
        if (refresh.compareTo(Duration.ofMillis(1)) < 0) {
            throw where.refuse("dns_refresh_rate", refresh, ">= 1ms");
        }
        return new ClusterResource.Dns(refresh, cluster.getRespectDnsTtl(), family(where, cluster));
    }

    private static ClusterResource.Dns.Family family(Where where, Cluster cluster) {
        switch (cluster.getDnsLookupFamily()) {
            case AUTO:
                return ClusterResource.Dns.Family.AUTO;
            case V4_ONLY:
                return ClusterResource.Dns.Family.V4_ONLY;
            case V6_ONLY:
                return ClusterResource.Dns.Family.V6_ONLY;
            case V4_PREFERRED:
                return ClusterResource.Dns.Family.V4_PREFERRED;
            case ALL:
                return ClusterResource.Dns.Family.ALL;
            default:
                throw where.refuse("dns_lookup_family", cluster.getDnsLookupFamilyValue(), "one of Envoy's five");
        }
    }
}
