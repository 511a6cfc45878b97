package io.weft.sidecar.resource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One CDS cluster.
 *
 * @param edsName the name endpoints are served under (EDS only; the cluster's own unless set)
 * @param endpoints inline load assignment (STATIC, STRICT_DNS, LOGICAL_DNS); null for EDS and DYNAMIC_FORWARD_PROXY
 * @param tls the cluster's own transport socket; null: plaintext
 * @param transportMatches tried in order against an endpoint's {@code envoy.transport_socket_match} metadata, before {@code tls}
 * @param panicThreshold percent of healthy endpoints below which health is ignored; Envoy's default 50
 * @param service the service this is, for metrics; null: unknown
 * @param keepalive TCP probes on idle connections; null: none
 * @param exchangesMetadata proxies that agree on it by ALPN say who they are before the bytes of a connection
 */
public record ClusterResource(
        String name,
        Type type,
        String edsName,
        @Nullable EndpointsResource endpoints,
        LoadBalancing loadBalancing,
        Duration connectTimeout,
        CircuitBreakers circuitBreakers,
        @Nullable OutlierDetection outlierDetection,
        @Nullable UpstreamTlsResource tls,
        List<TransportMatch> transportMatches,
        HttpProtocol http,
        List<HealthCheckResource> healthChecks,
        double panicThreshold,
        Dns dns,
        @Nullable Service service,
        @Nullable Keepalive keepalive,
        boolean exchangesMetadata) {

    public ClusterResource {
        transportMatches = List.copyOf(transportMatches);
        healthChecks = List.copyOf(healthChecks);
    }

    /** A plaintext HTTP/1.1 cluster with Envoy's defaults. */
    public static ClusterResource of(String name, Type type, @Nullable EndpointsResource endpoints) {
        return new ClusterResource(
                name,
                type,
                name,
                endpoints,
                LoadBalancing.DEFAULT,
                Duration.ofSeconds(5),
                CircuitBreakers.ENVOY_DEFAULT,
                null,
                null,
                List.of(),
                HttpProtocol.HTTP1,
                List.of(),
                50,
                Dns.DEFAULT,
                null,
                null,
                false);
    }

    public ClusterResource withHttp(HttpProtocol protocol) {
        return new ClusterResource(
                name, type, edsName, endpoints, loadBalancing, connectTimeout, circuitBreakers, outlierDetection, tls,
                transportMatches, protocol, healthChecks, panicThreshold, dns, service, keepalive, exchangesMetadata);
    }

    public ClusterResource withCircuitBreakers(CircuitBreakers breakers) {
        return new ClusterResource(
                name, type, edsName, endpoints, loadBalancing, connectTimeout, breakers, outlierDetection, tls,
                transportMatches, http, healthChecks, panicThreshold, dns, service, keepalive, exchangesMetadata);
    }

    public ClusterResource withOutlierDetection(@Nullable OutlierDetection outliers) {
        return new ClusterResource(
                name, type, edsName, endpoints, loadBalancing, connectTimeout, circuitBreakers, outliers, tls,
                transportMatches, http, healthChecks, panicThreshold, dns, service, keepalive, exchangesMetadata);
    }

    public ClusterResource withTls(@Nullable UpstreamTlsResource upstreamTls, List<TransportMatch> matches) {
        return new ClusterResource(
                name, type, edsName, endpoints, loadBalancing, connectTimeout, circuitBreakers, outlierDetection,
                upstreamTls, matches, http, healthChecks, panicThreshold, dns, service, keepalive, exchangesMetadata);
    }

    public ClusterResource withService(Service named) {
        return new ClusterResource(
                name, type, edsName, endpoints, loadBalancing, connectTimeout, circuitBreakers, outlierDetection,
                tls, transportMatches, http, healthChecks, panicThreshold, dns, named, keepalive, exchangesMetadata);
    }

    public ClusterResource exchangingMetadata() {
        return new ClusterResource(
                name, type, edsName, endpoints, loadBalancing, connectTimeout, circuitBreakers, outlierDetection,
                tls, transportMatches, http, healthChecks, panicThreshold, dns, service, keepalive, true);
    }

    /** Where endpoints come from. ORIGINAL_DST without capture does not exist here. */
    public enum Type {
        STATIC,
        EDS,
        STRICT_DNS,
        LOGICAL_DNS,
        DYNAMIC_FORWARD_PROXY
    }

    /** How an endpoint is chosen. */
    public enum Policy {
        ROUND_ROBIN,
        LEAST_REQUEST,
        RANDOM,
        RING_HASH,
        MAGLEV
    }

    /**
     * @param choices hosts compared by LEAST_REQUEST, default 2
     * @param minRingSize RING_HASH, default 1024
     * @param maxRingSize RING_HASH, default 8,388,608
     * @param maglevTable MAGLEV, a prime, default 65,537
     * @param slowStart ROUND_ROBIN and LEAST_REQUEST; null: a new host gets its full share at once
     */
    public record LoadBalancing(
            Policy policy, int choices, long minRingSize, long maxRingSize, int maglevTable, @Nullable SlowStart slowStart) {
        public static final LoadBalancing DEFAULT = of(Policy.ROUND_ROBIN);

        public static LoadBalancing of(Policy policy) {
            return new LoadBalancing(policy, 2, 1024, 8_388_608, 65_537, null);
        }

        public LoadBalancing withSlowStart(SlowStart warmup) {
            return new LoadBalancing(policy, choices, minRingSize, maxRingSize, maglevTable, warmup);
        }
    }

    /**
     * How the share of a host that is new, or healthy again, grows over {@code window}: {@code max(minWeight, (age / window)^(1 / aggression))}.
     *
     * @param minWeight 0 to 1
     */
    public record SlowStart(Duration window, double aggression, double minWeight) {}

    /** Unset values are the system's. */
    public record Keepalive(@Nullable Integer probes, @Nullable Integer timeSeconds, @Nullable Integer intervalSeconds) {}

    /**
     * @param retryBudgetPercent null: {@code maxRetries} holds; else share of active requests that may be retries
     * @param minRetryConcurrency retries always allowed under a budget
     */
    public record CircuitBreakers(
            int maxConnections,
            int maxPendingRequests,
            int maxRequests,
            int maxRetries,
            @Nullable Double retryBudgetPercent,
            int minRetryConcurrency) {
        /** 1024, 1024, 1024, 3. */
        public static final CircuitBreakers ENVOY_DEFAULT = new CircuitBreakers(1024, 1024, 1024, 3, null, 3);
        /** Istio writes 2^32-1; here every limit is {@code Integer.MAX_VALUE}. */
        public static final CircuitBreakers UNLIMITED = new CircuitBreakers(
                Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, null, 3);
    }

    /**
     * Envoy's {@code OutlierDetection}; a consecutive count of 0 switches that detector off. Enforcing is 0 to 100.
     *
     * @param maxEjectionTime default 300 s
     */
    public record OutlierDetection(
            int consecutive5xx,
            int consecutiveGatewayFailure,
            int consecutiveLocalOriginFailure,
            boolean splitExternalLocalOriginErrors,
            Duration interval,
            Duration baseEjectionTime,
            Duration maxEjectionTime,
            int maxEjectionPercent,
            boolean alwaysEjectOneHost,
            int enforcingConsecutive5xx,
            int enforcingConsecutiveGatewayFailure,
            int enforcingConsecutiveLocalOriginFailure,
            int enforcingSuccessRate,
            int successRateMinimumHosts,
            int successRateRequestVolume,
            int successRateStdevFactor) {
        /** Envoy's defaults with success rate off, as the reference mesh sets it. */
        public static final OutlierDetection ISTIO_DEFAULT = new OutlierDetection(
                5,
                0,
                0,
                false,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(300),
                10,
                false,
                100,
                0,
                100,
                0,
                5,
                100,
                1900);
    }

    /** One {@code transport_socket_matches} entry; tls null is a raw buffer; an empty match matches everything. */
    public record TransportMatch(String name, Map<String, String> match, @Nullable UpstreamTlsResource tls) {
        public TransportMatch {
            match = Map.copyOf(match);
        }
    }

    /** What is spoken to the endpoints. */
    public enum Protocol {
        HTTP1,
        HTTP2,
        /** By ALPN, HTTP/1.1 without TLS. */
        AUTO,
        /** As the client speaks. */
        USE_DOWNSTREAM
    }

    /**
     * @param idleTimeout of pooled connections; Envoy's default 1 h, zero: none
     * @param maxRequestsPerConnection 0: unlimited, 1: no keep-alive
     * @param maxConnectionDuration zero: unlimited
     * @param maxConcurrentStreams 0: the peer's limit only
     */
    public record HttpProtocol(
            Protocol protocol,
            Duration idleTimeout,
            int maxRequestsPerConnection,
            Duration maxConnectionDuration,
            int maxConcurrentStreams) {
        public static final HttpProtocol HTTP1 =
                new HttpProtocol(Protocol.HTTP1, Duration.ofHours(1), 0, Duration.ZERO, 0);
        public static final HttpProtocol HTTP2 =
                new HttpProtocol(Protocol.HTTP2, Duration.ofHours(1), 0, Duration.ZERO, 0);
    }

    /** DNS refresh; the TTL is used when {@code respectTtl}. */
    public record Dns(Duration refreshRate, boolean respectTtl, Family family) {
        public static final Dns DEFAULT = new Dns(Duration.ofSeconds(60), true, Family.AUTO);

        /** Which addresses are asked for. */
        public enum Family {
            AUTO,
            V4_ONLY,
            V6_ONLY,
            V4_PREFERRED,
            ALL
        }
    }

    /** From {@code metadata.filter_metadata["istio"].services[0]}. */
    public record Service(String host, String name, String namespace) {}
}
