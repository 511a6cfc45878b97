package io.weft.sidecar.resource;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Filter;
import io.envoyproxy.envoy.config.core.v3.UpstreamHttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code Cluster} → {@link ClusterResource}. */
final class ClusterParser {
    private static final Duration ENVOY_CONNECT_TIMEOUT = Duration.ofSeconds(5);
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
    private static final Fields FILTER = Fields.of(Filter.getDescriptor(), "name", "typed_config");
    private static final Fields SOCKET_MATCH =
            Fields.of(Cluster.TransportSocketMatch.getDescriptor(), "name", "match", "transport_socket");
    private static final Fields AUTO = Fields.of(
            UpstreamHttpProtocolOptions.getDescriptor(), "auto_sni", "auto_san_validation");

    private final TlsParser tls;

    ClusterParser(TlsParser tls) {
        this.tls = tls;
    }

    ClusterResource parse(Where where, Cluster cluster) {
        CLUSTER.check(where, cluster);
        if (cluster.getName().isEmpty()) {
            throw where.refuse("name", "\"\"", "a name");
        }
        ClusterResource.Type type = ClusterDiscoveryParser.type(where, cluster);
        HttpProtocolOptions protocols = UpstreamProtocolParser.options(where, cluster);
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
                ClusterDiscoveryParser.edsName(where, cluster, type),
                ClusterDiscoveryParser.endpoints(where, cluster, type),
                LoadBalancingParser.parse(where, cluster),
                cluster.hasConnectTimeout()
                        ? Values.duration(where, "connect_timeout", cluster.getConnectTimeout())
                        : ENVOY_CONNECT_TIMEOUT,
                CircuitBreakersParser.parse(where.field("circuit_breakers"), cluster.getCircuitBreakers()),
                cluster.hasOutlierDetection()
                        ? OutlierDetectionParser.parse(where.field("outlier_detection"), cluster.getOutlierDetection())
                        : null,
                ownTls,
                matches(where, cluster, auto),
                UpstreamProtocolParser.parse(where, cluster, protocols),
                healthChecks(where, cluster),
                LoadBalancingParser.panicThreshold(where, cluster),
                ClusterDiscoveryParser.dns(where, cluster),
                service(cluster),
                KeepaliveParser.parse(where.field("upstream_connection_options"), cluster.getUpstreamConnectionOptions()),
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
