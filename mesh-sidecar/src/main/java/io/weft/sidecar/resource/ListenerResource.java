package io.weft.sidecar.resource;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One LDS listener.
 *
 * @param address where it is bound; a pre-bound address is adopted
 * @param inspectTls a {@code tls_inspector} is configured: SNI, ALPN and transport protocol are known to the filter chain match
 * @param inspectHttp an {@code http_inspector} is configured (accepted; the HTTP codec decides by the first bytes anyway)
 * @param proxyProtocol connections start with a PROXY protocol header (v1 or v2), refused without one
 * @param inspectTimeout how long the first bytes may take; zero: no limit of the user's, the engine's own holds
 * @param continueOnInspectTimeout a silent client is treated as plaintext instead of being closed
 * @param defaultFilterChain used when nothing matches; null: the connection is closed
 * @param connectionLimit connections accepted at a time, 0: the engine's own limit only
 * @param self who this proxy is, as the control plane knows it: goes before what the node says; null: not said. Metadata {@code weft.self}
 * @param disabledMetrics Istio's names of the standard metrics that are not wanted here ({@code REQUEST_COUNT}, …); metadata {@code weft.metrics.disabled}
 */
public record ListenerResource(
        String name,
        NetAddress address,
        Direction direction,
        boolean inspectTls,
        boolean inspectHttp,
        boolean proxyProtocol,
        Duration inspectTimeout,
        boolean continueOnInspectTimeout,
        List<FilterChain> filterChains,
        @Nullable FilterChain defaultFilterChain,
        int connectionLimit,
        List<AccessLogResource> accessLogs,
        @Nullable Workload self,
        Set<String> disabledMetrics) {

    public ListenerResource {
        filterChains = List.copyOf(filterChains);
        accessLogs = List.copyOf(accessLogs);
        disabledMetrics = Set.copyOf(disabledMetrics);
    }

    /** Without metadata. */
    public ListenerResource(
            String name,
            NetAddress address,
            Direction direction,
            boolean inspectTls,
            boolean inspectHttp,
            boolean proxyProtocol,
            Duration inspectTimeout,
            boolean continueOnInspectTimeout,
            List<FilterChain> filterChains,
            @Nullable FilterChain defaultFilterChain,
            int connectionLimit,
            List<AccessLogResource> accessLogs) {
        this(name, address, direction, inspectTls, inspectHttp, proxyProtocol, inspectTimeout, continueOnInspectTimeout, filterChains,
                defaultFilterChain, connectionLimit, accessLogs, null, Set.of());
    }

    /** Envoy's {@code traffic_direction}; {@code UNSPECIFIED} is a gateway. */
    public enum Direction {
        UNSPECIFIED,
        INBOUND,
        OUTBOUND
    }

    /**
     * @param tls null: plaintext
     * @param filters in order; the last one is an HTTP connection manager or a TCP proxy
     */
    public record FilterChain(
            String name, FilterChainMatch match, @Nullable DownstreamTlsResource tls, List<NetworkFilterResource> filters) {
        public FilterChain {
            filters = List.copyOf(filters);
        }
    }

    /**
     * Envoy's {@code FilterChainMatch}; empty (or 0) means any.
     *
     * @param transportProtocol {@code ""}, {@code "tls"} or {@code "raw_buffer"}
     * @param serverNames lower-case, exact or {@code *.suffix}
     */
    public record FilterChainMatch(
            int destinationPort,
            List<CidrRange> prefixRanges,
            List<String> serverNames,
            String transportProtocol,
            List<String> applicationProtocols,
            List<CidrRange> directSourcePrefixRanges,
            List<CidrRange> sourcePrefixRanges,
            List<Integer> sourcePorts) {
        public static final FilterChainMatch ANY =
                new FilterChainMatch(0, List.of(), List.of(), "", List.of(), List.of(), List.of(), List.of());

        public FilterChainMatch {
            prefixRanges = List.copyOf(prefixRanges);
            serverNames = List.copyOf(serverNames);
            applicationProtocols = List.copyOf(applicationProtocols);
            directSourcePrefixRanges = List.copyOf(directSourcePrefixRanges);
            sourcePrefixRanges = List.copyOf(sourcePrefixRanges);
            sourcePorts = List.copyOf(sourcePorts);
        }
    }
}
