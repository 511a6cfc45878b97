package io.weft.sidecar.resource;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code Listener} → {@link ListenerResource}. */
final class ListenerParser {
    private static final Fields LISTENER = Fields.of(
                    Listener.getDescriptor(),
                    "name",
                    "address",
                    "filter_chains",
                    "use_original_dst",
                    "default_filter_chain",
                    "listener_filters",
                    "listener_filters_timeout",
                    "continue_on_listener_filters_timeout",
                    "traffic_direction",
                    "access_log",
                    "transparent",
                    "freebind",
                    "bind_to_port",
                    "metadata")
            .ignore("only names statistics", "stat_prefix")
            .ignore("the engine bounds its buffers itself", "per_connection_buffer_limit_bytes")
            .ignore("how connections spread over event loops is the engine's choice", "connection_balance_config", "enable_reuse_port",
                    "reuse_port", "tcp_backlog_size", "max_connections_to_accept_per_socket_event")
            .ignore("a listener that goes away always drains", "drain_type");
    private static final Fields CHAIN = Fields.of(
                    FilterChain.getDescriptor(), "filter_chain_match", "filters", "transport_socket", "name")
            .ignore("only names statistics", "metadata")
            .ignore("a handshake has 10 s", "transport_socket_connect_timeout");
    private static final Fields MATCH = Fields.of(
            FilterChainMatch.getDescriptor(),
            "destination_port",
            "prefix_ranges",
            "direct_source_prefix_ranges",
            "source_prefix_ranges",
            "source_ports",
            "server_names",
            "transport_protocol",
            "application_protocols");
    private static final Fields FILTER = Fields.of(Filter.getDescriptor(), "name", "typed_config");
    private static final Fields LISTENER_FILTER = Fields.of(ListenerFilter.getDescriptor(), "name", "typed_config");
    private static final Fields TLS_INSPECTOR = Fields.of(TlsInspector.getDescriptor())
            .ignore("the engine bounds the ClientHello itself", "initial_read_buffer_size")
            .ignore("only for log formats that are refused", "enable_ja3_fingerprinting");
    private static final Fields PROXY_PROTOCOL = Fields.of(ProxyProtocol.getDescriptor())
            .ignore("only names statistics", "stat_prefix");

    private static final Set<String> METRICS = new TreeSet<>(Set.of(
            "REQUEST_COUNT", "REQUEST_DURATION", "REQUEST_SIZE", "RESPONSE_SIZE", "GRPC_REQUEST_MESSAGES", "GRPC_RESPONSE_MESSAGES",
            "TCP_OPENED_CONNECTIONS", "TCP_CLOSED_CONNECTIONS", "TCP_SENT_BYTES", "TCP_RECEIVED_BYTES"));

    private final TlsParser tls;
    private final HttpManagerParser http;
    private final TcpProxyParser tcp;
    private final AccessLogParser logs;

    ListenerParser(DataSources sources, TlsParser tls) {
        this.tls = tls;
        this.http = new HttpManagerParser(sources);
        this.tcp = new TcpProxyParser(sources);
        this.logs = new AccessLogParser(sources);
    }

    ListenerResource parse(Where where, Listener listener) {
        LISTENER.check(where, listener);
        if (!listener.hasAddress()) {
            throw where.refuse("no address");
        }
        refuseSet(where, "use_original_dst", listener.getUseOriginalDst().getValue());
        refuseSet(where, "transparent", listener.getTransparent().getValue());
        refuseSet(where, "freebind", listener.getFreebind().getValue());
        if (listener.hasBindToPort() && !listener.getBindToPort().getValue()) {
            throw where.refuse("bind_to_port", false, "true: there is no traffic capture here");
        }
        Inspectors inspectors = inspectors(where, listener);
        List<ListenerResource.FilterChain> chains = chains(where, listener);
        Struct weft = listener.getMetadata().getFilterMetadataOrDefault("weft", Struct.getDefaultInstance());
        return new ListenerResource(
                listener.getName(),
                Values.address(where.field("address"), listener.getAddress()),
                direction(where, listener),
                inspectors.tls || needsInspection(chains),
                inspectors.http,
                inspectors.proxy,
                listener.hasListenerFiltersTimeout()
                        ? Values.duration(where, "listener_filters_timeout", listener.getListenerFiltersTimeout())
                        : Duration.ofSeconds(15),
                listener.getContinueOnListenerFiltersTimeout(),
                chains,
                listener.hasDefaultFilterChain()
                        ? chain(where.field("default_filter_chain"), listener.getDefaultFilterChain())
                        : null,
                0,
                logs.parse(where, listener.getAccessLogList()),
                self(weft),
                disabledMetrics(where, weft));
    }

    private static @Nullable Workload self(Struct weft) {
        Struct self = weft.getFieldsOrDefault("self", Value.getDefaultInstance()).getStructValue();
        Workload workload = Workload.of(text(self, "workload"), text(self, "app"), text(self, "version"));
        return workload.known() ? workload : null;
    }

    private static String text(Struct struct, String key) {
        return struct.getFieldsOrDefault(key, Value.getDefaultInstance()).getStringValue();
    }

    private static Set<String> disabledMetrics(Where where, Struct weft) {
        Struct metrics = weft.getFieldsOrDefault("metrics", Value.getDefaultInstance()).getStructValue();
        Set<String> disabled = new HashSet<>();
        for (Value value : metrics.getFieldsOrDefault("disabled", Value.getDefaultInstance()).getListValue().getValuesList()) {
            if (!METRICS.contains(value.getStringValue())) {
                throw where.refuse("metadata.weft.metrics.disabled", value.getStringValue(), "one of " + METRICS);
            }
            disabled.add(value.getStringValue());
        }
        return disabled;
    }

    private static void refuseSet(Where where, String field, boolean set) {
        if (set) {
            throw where.refuse(field, true, "false: there is no traffic capture here");
        }
    }

    /** Envoy puts a TLS inspector in front by itself when a chain asks for what only it knows. */
    private static boolean needsInspection(List<ListenerResource.FilterChain> chains) {
        return chains.stream().map(ListenerResource.FilterChain::match).anyMatch(match -> match.transportProtocol().equals("tls")
                || !match.serverNames().isEmpty()
                || !match.applicationProtocols().isEmpty());
    }

    private static final class Inspectors {
        boolean tls;
        boolean http;
        boolean proxy;
    }

    private static Inspectors inspectors(Where where, Listener listener) {
        Inspectors inspectors = new Inspectors();
        for (int i = 0; i < listener.getListenerFiltersCount(); i++) {
            ListenerFilter filter = listener.getListenerFilters(i);
            Where at = where.item("listener_filters", i);
            LISTENER_FILTER.check(at, filter);
            Any any = filter.getTypedConfig();
            Where configAt = at.field("typed_config");
            if (any.is(TlsInspector.class)) {
                TLS_INSPECTOR.check(configAt, Values.unpack(configAt, any, TlsInspector.class));
                inspectors.tls = true;
            } else if (any.is(HttpInspector.class)) {
                inspectors.http = true;
            } else if (any.is(ProxyProtocol.class)) {
                PROXY_PROTOCOL.check(configAt, Values.unpack(configAt, any, ProxyProtocol.class));
                inspectors.proxy = true;
            } else {
                throw at.refuse("unsupported filter " + filter.getName() + " (" + any.getTypeUrl() + ")");
            }
        }
        return inspectors;
    }

    private List<ListenerResource.FilterChain> chains(Where where, Listener listener) {
        if (listener.getFilterChainsCount() == 0 && !listener.hasDefaultFilterChain()) {
            throw where.refuse("no filter_chains (expected: at least one)");
        }
        Map<ListenerResource.FilterChainMatch, String> matches = new HashMap<>();
        List<ListenerResource.FilterChain> chains = new ArrayList<>(listener.getFilterChainsCount());
        for (int i = 0; i < listener.getFilterChainsCount(); i++) {
            Where at = where.item("filter_chains", i);
            ListenerResource.FilterChain chain = chain(at, listener.getFilterChains(i));
            String other = matches.putIfAbsent(chain.match(), at.toString());
            if (other != null) {
                throw at.refuse("filter_chain_match is the same as that of " + other);
            }
            chains.add(chain);
        }
        return chains;
    }

    private ListenerResource.FilterChain chain(Where where, FilterChain chain) {
        CHAIN.check(where, chain);
        return new ListenerResource.FilterChain(
                chain.getName(),
                match(where.field("filter_chain_match"), chain.getFilterChainMatch()),
                chain.hasTransportSocket() ? tls.downstream(where.field("transport_socket"), chain.getTransportSocket()) : null,
                filters(where, chain));
    }

    private List<NetworkFilterResource> filters(Where where, FilterChain chain) {
        List<NetworkFilterResource> filters = new ArrayList<>(chain.getFiltersCount());
        for (int i = 0; i < chain.getFiltersCount(); i++) {
            Where at = where.item("filters", i);
            NetworkFilterResource filter = filter(at, chain.getFilters(i));
            boolean last = i == chain.getFiltersCount() - 1;
            if (filter.terminal() != last) {
                throw at.refuse(chain.getFilters(i).getName()
                        + " (expected: http_connection_manager or tcp_proxy last, only rbac and metadata_exchange before it)");
            }
            filters.add(filter);
        }
        if (filters.isEmpty()) {
            throw where.refuse("no filters (expected: http_connection_manager or tcp_proxy)");
        }
        return filters;
    }

    private NetworkFilterResource filter(Where where, Filter filter) {
        FILTER.check(where, filter);
        Any any = filter.getTypedConfig();
        Where at = where.field("typed_config");
        if (any.is(HttpConnectionManager.class)) {
            return http.parse(at, Values.unpack(at, any, HttpConnectionManager.class));
        }
        if (any.is(TcpProxy.class)) {
            return tcp.parse(at, Values.unpack(at, any, TcpProxy.class));
        }
        if (any.is(RBAC.class)) {
            return RbacParser.network(at, Values.unpack(at, any, RBAC.class));
        }
        if (MetadataExchangeParser.is(any)) {
            MetadataExchangeParser.check(at, any);
            return new MetadataExchangeResource();
        }
        throw where.refuse("unsupported filter " + filter.getName() + " (" + any.getTypeUrl() + ")");
    }

    private static ListenerResource.FilterChainMatch match(Where where, FilterChainMatch match) {
        MATCH.check(where, match);
        String transport = match.getTransportProtocol();
        if (!transport.isEmpty() && !transport.equals("tls") && !transport.equals("raw_buffer")) {
            throw where.refuse("transport_protocol", transport, "tls or raw_buffer");
        }
        return new ListenerResource.FilterChainMatch(
                match.hasDestinationPort() ? Values.uint(match.getDestinationPort()) : 0,
                ranges(where, "prefix_ranges", match.getPrefixRangesList()),
                serverNames(where, match),
                transport,
                match.getApplicationProtocolsList(),
                ranges(where, "direct_source_prefix_ranges", match.getDirectSourcePrefixRangesList()),
                ranges(where, "source_prefix_ranges", match.getSourcePrefixRangesList()),
                match.getSourcePortsList());
    }

    private static List<String> serverNames(Where where, FilterChainMatch match) {
        List<String> names = new ArrayList<>(match.getServerNamesCount());
        for (int i = 0; i < match.getServerNamesCount(); i++) {
            String name = match.getServerNames(i).toLowerCase(Locale.ROOT);
            int star = name.lastIndexOf('*');
            // Envoy: "*" alone and partial wildcards are not allowed here.
            if (name.isEmpty() || star > 0 || star == 0 && !name.startsWith("*.")) {
                throw where.item("server_names", i).refuse("\"" + name + "\" (expected: a name or *.suffix)");
            }
            names.add(name);
        }
        return names;
    }

    private static List<CidrRange> ranges(
            Where where, String field, List<io.envoyproxy.envoy.config.core.v3.CidrRange> ranges) {
        List<CidrRange> parsed = new ArrayList<>(ranges.size());
        for (int i = 0; i < ranges.size(); i++) {
            parsed.add(Values.cidr(where.item(field, i), ranges.get(i)));
        }
        return parsed;
    }

    private static ListenerResource.Direction direction(Where where, Listener listener) {
        TrafficDirection direction = listener.getTrafficDirection();
        switch (direction) {
            case UNSPECIFIED:
                return ListenerResource.Direction.UNSPECIFIED;
            case INBOUND:
                return ListenerResource.Direction.INBOUND;
            case OUTBOUND:
                return ListenerResource.Direction.OUTBOUND;
            default:
                throw where.refuse("traffic_direction", listener.getTrafficDirectionValue(), "UNSPECIFIED, INBOUND or OUTBOUND");
        }
    }
}
