package io.weft.sidecar.resource;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Filter;
import io.envoyproxy.envoy.config.cluster.v3.UpstreamConnectionOptions;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.core.v3.TcpKeepalive;
import io.envoyproxy.envoy.config.core.v3.UpstreamHttpProtocolOptions;
import io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code Cluster} → {@link ClusterResource}. */
final class ClusterParser {
    private static final String PROTOCOL_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private static final Duration ENVOY_CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ENVOY_DNS_REFRESH = Duration.ofSeconds(5);
    private static final long MAX_RING = 8_388_608;
    private static final int MAGLEV_TABLE = 65_537;
    private static final long MAX_MAGLEV_TABLE = 5_000_011;
    /** What the system takes at most, in seconds. */
    private static final int MAX_KEEPALIVE = 32_767;

    private static final Fields CLUSTER = Fields.of(
                    Cluster.getDescriptor(),
                    "transport_socket_matches",
                    "name",
                    "type",
                    "cluster_type",
                    "eds_cluster_config",
                    "connect_timeout",
                    "lb_policy",
                    "load_assignment",
                    "health_checks",
                    "max_requests_per_connection",
                    "circuit_breakers",
                    "upstream_http_protocol_options",
                    "common_http_protocol_options",
                    "http_protocol_options",
                    "http2_protocol_options",
                    "typed_extension_protocol_options",
                    "dns_refresh_rate",
                    "respect_dns_ttl",
                    "dns_lookup_family",
                    "outlier_detection",
                    "ring_hash_lb_config",
                    "maglev_lb_config",
                    "least_request_lb_config",
                    "round_robin_lb_config",
                    "common_lb_config",
                    "upstream_connection_options",
                    "transport_socket",
                    "metadata",
                    "filters")
            .ignore("only names statistics", "alt_stat_name", "track_cluster_stats", "track_timeout_budgets")
            .ignore("the engine bounds its buffers itself", "per_connection_buffer_limit_bytes")
            .ignore("every cluster is warmed before it is used", "wait_for_warm_on_init")
            .ignore("there are no stale hosts of an original destination", "cleanup_interval")
            .ignore("failed resolutions are repeated with the engine's own back-off", "dns_failure_refresh_rate", "dns_jitter")
            .ignore("EDS removes at once here, whatever a probe says", "ignore_health_on_host_removal");
    private static final Fields EDS = Fields.of(Cluster.EdsClusterConfig.getDescriptor(), "eds_config", "service_name");
    private static final Fields SOURCE = Fields.of(ConfigSource.getDescriptor(), "ads", "resource_api_version")
            .ignore("one time-out holds for all of a stream", "initial_fetch_timeout");
    private static final Fields COMMON_LB = Fields.of(
                    Cluster.CommonLbConfig.getDescriptor(), "healthy_panic_threshold", "locality_weighted_lb_config")
            .ignore("has no effect without a local cluster, and a bootstrap that names one is refused", "zone_aware_lb_config")
            .ignore("endpoints are applied at once", "update_merge_window");
    private static final Fields LEAST_REQUEST =
            Fields.of(Cluster.LeastRequestLbConfig.getDescriptor(), "choice_count", "slow_start_config");
    private static final Fields ROUND_ROBIN = Fields.of(Cluster.RoundRobinLbConfig.getDescriptor(), "slow_start_config");
    private static final Fields SLOW_START = Fields.of(
            Cluster.SlowStartConfig.getDescriptor(), "slow_start_window", "aggression", "min_weight_percent");
    private static final Fields CONNECTION = Fields.of(UpstreamConnectionOptions.getDescriptor(), "tcp_keepalive")
            .ignore("only adds an address to what is logged", "set_local_interface_name_on_upstream_connections");
    private static final Fields KEEPALIVE = Fields.of(
            TcpKeepalive.getDescriptor(), "keepalive_probes", "keepalive_time", "keepalive_interval");
    private static final Fields RING_HASH = Fields.of(
            Cluster.RingHashLbConfig.getDescriptor(), "minimum_ring_size", "hash_function", "maximum_ring_size");
    private static final Fields MAGLEV = Fields.of(Cluster.MaglevLbConfig.getDescriptor(), "table_size");
    private static final Fields BREAKERS = Fields.of(CircuitBreakers.getDescriptor(), "thresholds");
    private static final Fields THRESHOLDS = Fields.of(
                    CircuitBreakers.Thresholds.getDescriptor(),
                    "priority",
                    "max_connections",
                    "max_pending_requests",
                    "max_requests",
                    "max_retries",
                    "retry_budget")
            .ignore("only adds statistics", "track_remaining");
    private static final Fields BUDGET = Fields.of(
            CircuitBreakers.Thresholds.RetryBudget.getDescriptor(), "budget_percent", "min_retry_concurrency");
    private static final Fields FILTER = Fields.of(Filter.getDescriptor(), "typed_config")
            .ignore("the type of typed_config decides", "name");
    private static final Fields SOCKET_MATCH =
            Fields.of(Cluster.TransportSocketMatch.getDescriptor(), "name", "match", "transport_socket");
    private static final Fields CUSTOM = Fields.of(Cluster.CustomClusterType.getDescriptor(), "typed_config")
            .ignore("the type of typed_config decides", "name");
    private static final Fields FORWARD_PROXY = Fields.of(ClusterConfig.getDescriptor())
            .ignore("hosts are resolved by the engine's own cache", "dns_cache_config")
            .ignore("says only that a missing auto_sni is meant", "allow_insecure_cluster_options");
    private static final Fields AUTO = Fields.of(
            UpstreamHttpProtocolOptions.getDescriptor(), "auto_sni", "auto_san_validation");
    private static final Fields PROTOCOLS = Fields.of(
            HttpProtocolOptions.getDescriptor(),
            "common_http_protocol_options",
            "upstream_http_protocol_options",
            "explicit_http_config",
            "use_downstream_protocol_config",
            "auto_config");

    private final TlsParser tls;

    ClusterParser(TlsParser tls) {
        this.tls = tls;
    }

    ClusterResource parse(Where where, Cluster cluster) {
        CLUSTER.check(where, cluster);
        if (cluster.getName().isEmpty()) {
            throw where.refuse("name", "\"\"", "a name");
        }
        ClusterResource.Type type = type(where, cluster);
        HttpProtocolOptions protocols = protocols(where, cluster);
        UpstreamHttpProtocolOptions auto = protocols.hasUpstreamHttpProtocolOptions()
                ? protocols.getUpstreamHttpProtocolOptions()
                : cluster.getUpstreamHttpProtocolOptions();
        AUTO.check(where.field("upstream_http_protocol_options"), auto);
        UpstreamTlsResource ownTls = cluster.hasTransportSocket()
                ? tls.upstream(where.field("transport_socket"), cluster.getTransportSocket(), auto.getAutoSni(), auto.getAutoSanValidation())
                : null;
        return new ClusterResource(
                cluster.getName(),
                type,
                edsName(where, cluster, type),
                endpoints(where, cluster, type),
                loadBalancing(where, cluster),
                cluster.hasConnectTimeout()
                        ? Values.duration(where, "connect_timeout", cluster.getConnectTimeout())
                        : ENVOY_CONNECT_TIMEOUT,
                circuitBreakers(where.field("circuit_breakers"), cluster.getCircuitBreakers()),
                cluster.hasOutlierDetection()
                        ? OutlierDetectionParser.parse(where.field("outlier_detection"), cluster.getOutlierDetection())
                        : null,
                ownTls,
                matches(where, cluster, auto),
                UpstreamProtocolParser.parse(where, cluster, protocols),
                healthChecks(where, cluster),
                panicThreshold(where, cluster),
                dns(where, cluster),
                service(cluster),
                keepalive(where.field("upstream_connection_options"), cluster.getUpstreamConnectionOptions()),
                exchangesMetadata(where, cluster));
    }

    private static boolean exchangesMetadata(Where where, Cluster cluster) {
        for (int i = 0; i < cluster.getFiltersCount(); i++) {
            Where at = where.item("filters", i);
            Filter filter = cluster.getFilters(i);
            FILTER.check(at, filter);
            if (!MetadataExchangeParser.is(filter.getTypedConfig())) {
                throw at.refuse("unsupported filter " + filter.getName() + " (" + filter.getTypedConfig().getTypeUrl() + ")");
            }
            MetadataExchangeParser.check(at.field("typed_config"), filter.getTypedConfig());
        }
        return cluster.getFiltersCount() > 0;
    }

    private static ClusterResource.Type type(Where where, Cluster cluster) {
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

    private static String edsName(Where where, Cluster cluster, ClusterResource.Type type) {
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

    private static @Nullable EndpointsResource endpoints(Where where, Cluster cluster, ClusterResource.Type type) {
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
            requireAddresses(at, endpoints);
        } else if (type == ClusterResource.Type.LOGICAL_DNS) {
            long count = endpoints.localities().stream().mapToLong(l -> l.endpoints().size()).sum();
            if (count != 1) {
                throw at.refuse(count + " endpoints (expected: exactly one with LOGICAL_DNS)");
            }
        }
        return endpoints;
    }

    static void requireAddresses(Where where, EndpointsResource endpoints) {
        for (EndpointsResource.Locality locality : endpoints.localities()) {
            for (EndpointsResource.Endpoint endpoint : locality.endpoints()) {
                String host = endpoint.address().host();
                boolean address = host.startsWith("/")
                        || io.netty.util.NetUtil.isValidIpV4Address(host)
                        || io.netty.util.NetUtil.isValidIpV6Address(host);
                if (!address) {
                    throw where.refuse("address " + host + " (expected: an IP address; a name needs STRICT_DNS or LOGICAL_DNS)");
                }
            }
        }
    }

    private static ClusterResource.LoadBalancing loadBalancing(Where where, Cluster cluster) {
        ClusterResource.Policy policy;
        switch (cluster.getLbPolicy()) {
            case ROUND_ROBIN:
            case CLUSTER_PROVIDED:
                policy = ClusterResource.Policy.ROUND_ROBIN;
                break;
            case LEAST_REQUEST:
                policy = ClusterResource.Policy.LEAST_REQUEST;
                break;
            case RANDOM:
                policy = ClusterResource.Policy.RANDOM;
                break;
            case RING_HASH:
                policy = ClusterResource.Policy.RING_HASH;
                break;
            case MAGLEV:
                policy = ClusterResource.Policy.MAGLEV;
                break;
            default:
                throw where.refuse("lb_policy", cluster.getLbPolicy(), "ROUND_ROBIN, LEAST_REQUEST, RANDOM, RING_HASH or MAGLEV");
        }
        Cluster.LeastRequestLbConfig least = cluster.getLeastRequestLbConfig();
        LEAST_REQUEST.check(where.field("least_request_lb_config"), least);
        int choices = least.hasChoiceCount() ? Values.uint(least.getChoiceCount()) : 2;
        if (choices < 2) {
            throw where.field("least_request_lb_config").refuse("choice_count", choices, ">= 2");
        }
        Cluster.RingHashLbConfig ring = cluster.getRingHashLbConfig();
        Where ringAt = where.field("ring_hash_lb_config");
        RING_HASH.check(ringAt, ring);
        if (ring.getHashFunction() != Cluster.RingHashLbConfig.HashFunction.XX_HASH) {
            throw ringAt.refuse("hash_function", ring.getHashFunction(), "XX_HASH");
        }
        long min = ring.hasMinimumRingSize() ? ring.getMinimumRingSize().getValue() : 1024;
        long max = ring.hasMaximumRingSize() ? ring.getMaximumRingSize().getValue() : MAX_RING;
        if (min < 1 || max > MAX_RING || max < 1 || min > max) {
            throw ringAt.refuse("minimum_ring_size", Long.toUnsignedString(min), "1 to maximum_ring_size (" + Long.toUnsignedString(max) + ", at most " + MAX_RING + ")");
        }
        return new ClusterResource.LoadBalancing(policy, choices, min, max, maglevTable(where, cluster), slowStart(where, cluster));
    }

    private static int maglevTable(Where where, Cluster cluster) {
        Where at = where.field("maglev_lb_config");
        MAGLEV.check(at, cluster.getMaglevLbConfig());
        if (!cluster.getMaglevLbConfig().hasTableSize()) {
            return MAGLEV_TABLE;
        }
        long size = cluster.getMaglevLbConfig().getTableSize().getValue();
        if (size < 2 || size > MAX_MAGLEV_TABLE || !BigInteger.valueOf(size).isProbablePrime(50)) {
            throw at.refuse("table_size", Long.toUnsignedString(size), "a prime, at most " + MAX_MAGLEV_TABLE);
        }
        return (int) size;
    }

    private static ClusterResource.@Nullable SlowStart slowStart(Where where, Cluster cluster) {
        Where robin = where.field("round_robin_lb_config");
        ROUND_ROBIN.check(robin, cluster.getRoundRobinLbConfig());
        if (cluster.getRoundRobinLbConfig().hasSlowStartConfig()) {
            return slowStart(robin.field("slow_start_config"), cluster.getRoundRobinLbConfig().getSlowStartConfig());
        }
        return cluster.getLeastRequestLbConfig().hasSlowStartConfig()
                ? slowStart(where.field("least_request_lb_config").field("slow_start_config"), cluster.getLeastRequestLbConfig().getSlowStartConfig())
                : null;
    }

    private static ClusterResource.@Nullable SlowStart slowStart(Where where, Cluster.SlowStartConfig config) {
        SLOW_START.check(where, config);
        Duration window = Values.duration(where, "slow_start_window", config.getSlowStartWindow());
        double aggression = config.hasAggression() ? config.getAggression().getDefaultValue() : 1;
        double percent = config.hasMinWeightPercent() ? config.getMinWeightPercent().getValue() : 10;
        if (!(aggression > 0)) {
            throw where.refuse("aggression", aggression, "> 0");
        }
        if (!(percent >= 0 && percent <= 100)) {
            throw where.refuse("min_weight_percent", percent, "0 to 100");
        }
        return window.isZero() ? null : new ClusterResource.SlowStart(window, aggression, percent / 100);
    }

    private static ClusterResource.@Nullable Keepalive keepalive(Where where, UpstreamConnectionOptions options) {
        CONNECTION.check(where, options);
        if (!options.hasTcpKeepalive()) {
            return null;
        }
        Where at = where.field("tcp_keepalive");
        TcpKeepalive said = options.getTcpKeepalive();
        KEEPALIVE.check(at, said);
        return new ClusterResource.Keepalive(
                said.hasKeepaliveProbes() ? keepalive(at, "keepalive_probes", said.getKeepaliveProbes(), 127) : null,
                said.hasKeepaliveTime() ? keepalive(at, "keepalive_time", said.getKeepaliveTime(), MAX_KEEPALIVE) : null,
                said.hasKeepaliveInterval() ? keepalive(at, "keepalive_interval", said.getKeepaliveInterval(), MAX_KEEPALIVE) : null);
    }

    /** More than the system takes is as much as it takes. */
    private static int keepalive(Where where, String field, UInt32Value said, int most) {
        int value = Values.uint(said);
        if (value < 1) {
            throw where.refuse(field, value, ">= 1");
        }
        return Math.min(value, most);
    }

    private static ClusterResource.CircuitBreakers circuitBreakers(Where where, CircuitBreakers breakers) {
        BREAKERS.check(where, breakers);
        for (int i = 0; i < breakers.getThresholdsCount(); i++) {
            CircuitBreakers.Thresholds limits = breakers.getThresholds(i);
            Where at = where.item("thresholds", i);
            THRESHOLDS.check(at, limits);
            // HIGH limits nothing: routes with that priority are refused.
            if (limits.getPriority() == RoutingPriority.DEFAULT) {
                return thresholds(at, limits);
            }
        }
        return ClusterResource.CircuitBreakers.ENVOY_DEFAULT;
    }

    private static ClusterResource.CircuitBreakers thresholds(Where where, CircuitBreakers.Thresholds limits) {
        ClusterResource.CircuitBreakers unset = ClusterResource.CircuitBreakers.ENVOY_DEFAULT;
        Double budget = null;
        int minimum = unset.minRetryConcurrency();
        if (limits.hasRetryBudget()) {
            Where at = where.field("retry_budget");
            BUDGET.check(at, limits.getRetryBudget());
            budget = limits.getRetryBudget().hasBudgetPercent() ? limits.getRetryBudget().getBudgetPercent().getValue() : 20.0;
            if (!(budget >= 0 && budget <= 100)) {
                throw at.refuse("budget_percent", budget, "0 to 100");
            }
            if (limits.getRetryBudget().hasMinRetryConcurrency()) {
                minimum = Values.uint(limits.getRetryBudget().getMinRetryConcurrency());
            }
        }
        return new ClusterResource.CircuitBreakers(
                limits.hasMaxConnections() ? Values.uint(limits.getMaxConnections()) : unset.maxConnections(),
                limits.hasMaxPendingRequests() ? Values.uint(limits.getMaxPendingRequests()) : unset.maxPendingRequests(),
                limits.hasMaxRequests() ? Values.uint(limits.getMaxRequests()) : unset.maxRequests(),
                limits.hasMaxRetries() ? Values.uint(limits.getMaxRetries()) : unset.maxRetries(),
                budget,
                minimum);
    }

    private List<ClusterResource.TransportMatch> matches(Where where, Cluster cluster, UpstreamHttpProtocolOptions auto) {
        List<ClusterResource.TransportMatch> matches = new ArrayList<>(cluster.getTransportSocketMatchesCount());
        for (int i = 0; i < cluster.getTransportSocketMatchesCount(); i++) {
            Cluster.TransportSocketMatch match = cluster.getTransportSocketMatches(i);
            Where at = where.item("transport_socket_matches", i);
            SOCKET_MATCH.check(at, match);
            matches.add(new ClusterResource.TransportMatch(
                    match.getName(),
                    Values.strings(at.field("match"), match.getMatch()),
                    match.hasTransportSocket()
                            ? tls.upstream(at.field("transport_socket"), match.getTransportSocket(), auto.getAutoSni(), auto.getAutoSanValidation())
                            : null));
        }
        return matches;
    }

    private static HttpProtocolOptions protocols(Where where, Cluster cluster) {
        HttpProtocolOptions options = HttpProtocolOptions.getDefaultInstance();
        for (Map.Entry<String, Any> entry : cluster.getTypedExtensionProtocolOptionsMap().entrySet()) {
            Where at = where.field("typed_extension_protocol_options[" + entry.getKey() + "]");
            if (!entry.getKey().equals(PROTOCOL_OPTIONS)) {
                throw at.refuse("unsupported (expected: " + PROTOCOL_OPTIONS + ")");
            }
            options = Values.unpack(at, entry.getValue(), HttpProtocolOptions.class);
            PROTOCOLS.check(at, options);
        }
        return options;
    }

    private static List<HealthCheckResource> healthChecks(Where where, Cluster cluster) {
        List<HealthCheckResource> checks = new ArrayList<>(cluster.getHealthChecksCount());
        for (int i = 0; i < cluster.getHealthChecksCount(); i++) {
            if (cluster.hasTransportSocket() || cluster.getTransportSocketMatchesCount() > 0) {
                throw where.item("health_checks", i).refuse("on a cluster with a transport socket (expected: only on plaintext clusters)");
            }
            checks.add(HealthCheckParser.parse(where.item("health_checks", i), cluster.getHealthChecks(i)));
        }
        return checks;
    }

    private static double panicThreshold(Where where, Cluster cluster) {
        Where at = where.field("common_lb_config");
        COMMON_LB.check(at, cluster.getCommonLbConfig());
        if (!cluster.getCommonLbConfig().hasHealthyPanicThreshold()) {
            return 50;
        }
        double percent = cluster.getCommonLbConfig().getHealthyPanicThreshold().getValue();
        if (!(percent >= 0 && percent <= 100)) {
            throw at.refuse("healthy_panic_threshold", percent, "0 to 100");
        }
        return percent;
    }

    private static ClusterResource.Dns dns(Where where, Cluster cluster) {
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

    private static ClusterResource.@Nullable Service service(Cluster cluster) {
        Struct istio = cluster.getMetadata().getFilterMetadataOrDefault("istio", Struct.getDefaultInstance());
        Value services = istio.getFieldsOrDefault("services", Value.getDefaultInstance());
        if (services.getListValue().getValuesCount() == 0) {
            return null;
        }
        Struct first = services.getListValue().getValues(0).getStructValue();
        return new ClusterResource.Service(string(first, "host"), string(first, "name"), string(first, "namespace"));
    }

    private static String string(Struct struct, String key) {
        return struct.getFieldsOrDefault(key, Value.getDefaultInstance()).getStringValue();
    }
}
