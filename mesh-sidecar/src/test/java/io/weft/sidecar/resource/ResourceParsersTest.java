package io.weft.sidecar.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourceParsersTest {
    private final ResourceParsers parsers = ResourceParsers.ofControlPlane(Set.of());

    private static <T extends Message.Builder> T json(String json, T builder) {
        try {
            JsonFormat.parser().usingTypeRegistry(KnownTypes.registry()).merge(json.replace('\'', '"'), builder);
            return builder;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private ClusterResource cluster(String json) {
        return parsers.cluster(json("{'name': 'c', 'type': 'EDS', 'eds_cluster_config': {'eds_config': {'ads': {}}}" + json + "}",
                Cluster.newBuilder()).build());
    }

    private RouteResource route(String json) {
        RouteConfiguration config = json("{'name': 'r', 'virtual_hosts': [{'name': 'v', 'domains': ['*'], 'routes': [" + json + "]}]}",
                RouteConfiguration.newBuilder()).build();
        return parsers.routes("r", com.google.protobuf.Any.pack(config)).virtualHosts().get(0).routes().get(0);
    }

    @Test
    void unset_isEnvoysDefault_notFalse() {
        ClusterResource cluster = cluster("");
        assertThat(cluster.circuitBreakers()).isEqualTo(ClusterResource.CircuitBreakers.ENVOY_DEFAULT);
        assertThat(cluster.outlierDetection()).isNull();
        assertThat(cluster.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(cluster.panicThreshold()).isEqualTo(50);
        assertThat(cluster(", 'outlier_detection': {}").outlierDetection().consecutive5xx()).isEqualTo(5);
        assertThat(cluster(", 'outlier_detection': {'consecutive_5xx': 0}").outlierDetection().consecutive5xx()).isZero();
        assertThat(cluster(", 'common_lb_config': {'healthy_panic_threshold': {}}").panicThreshold()).isZero();
        assertThat(cluster(", 'circuit_breakers': {'thresholds': [{'max_requests': 4294967295}]}").circuitBreakers().maxRequests())
                .isEqualTo(Integer.MAX_VALUE);
        RouteResource.Forward forward = (RouteResource.Forward) route("{'match': {'prefix': '/'}, 'route': {'cluster': 'c'}}").action();
        assertThat(forward.timeout()).as("the engine's 15 s").isNull();
        RouteResource.Forward never =
                (RouteResource.Forward) route("{'match': {'prefix': '/'}, 'route': {'cluster': 'c', 'timeout': '0s'}}").action();
        assertThat(never.timeout()).isZero();
    }

    @Test
    void warmupMaglevAndKeepalive_asPilotWritesThem() {
        ClusterResource.SlowStart expected = new ClusterResource.SlowStart(Duration.ofSeconds(30), 1, 0.1);
        String slow = "{'slow_start_config': {'slow_start_window': '30s', 'min_weight_percent': {'value': 10}}}";
        assertThat(cluster(", 'lb_policy': 'LEAST_REQUEST', 'least_request_lb_config': " + slow).loadBalancing().slowStart()).isEqualTo(expected);
        assertThat(cluster(", 'round_robin_lb_config': " + slow).loadBalancing().slowStart()).isEqualTo(expected);
        assertThat(cluster(", 'lb_policy': 'MAGLEV', 'maglev_lb_config': {'table_size': '251'}").loadBalancing().maglevTable()).isEqualTo(251);
        assertThat(cluster(", 'upstream_connection_options': {'tcp_keepalive': {'keepalive_time': 4294967295, 'keepalive_interval': 75}}").keepalive())
                .isEqualTo(new ClusterResource.Keepalive(null, 32_767, 75));
        assertThat(cluster(", 'upstream_connection_options': {'tcp_keepalive': {}}").keepalive()).isNotNull();
        assertThat(cluster("").keepalive()).isNull();
    }

    /** What is not checked must not look as if it were. */
    @Test
    void aRevocationList_isRefused() {
        Secret secret = json("{'name': 'edge-cacert', 'validation_context': {'trusted_ca': {'inline_string': 'x'}, 'crl': {'inline_string': 'y'}}}",
                Secret.newBuilder()).build();
        assertThatThrownBy(() -> parsers.secret(secret)).hasMessageStartingWith("secret edge-cacert: validation_context: crl: a revocation list");
    }

    @Test
    void meshTls_namesOurOwnIdentity() {
        ClusterResource cluster = cluster("""
                , 'transport_socket_matches': [{'name': 'tlsMode-istio', 'match': {'tlsMode': 'istio'}, 'transport_socket': {'name': 'tls', 'typed_config': {
                  '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', 'sni': 'outbound_.80_._.x',
                  'common_tls_context': {'alpn_protocols': ['istio'], 'tls_certificate_sds_secret_configs': [{'name': 'default'}],
                    'combined_validation_context': {'validation_context_sds_secret_config': {'name': 'ROOTCA'},
                      'default_validation_context': {'match_typed_subject_alt_names': [{'san_type': 'URI', 'matcher': {'exact': 'spiffe://x'}}]}}}}}},
                 {'name': 'tlsMode-disabled', 'match': {}, 'transport_socket': {'name': 'envoy.transport_sockets.raw_buffer'}}]""");
        ClusterResource.TransportMatch istio = cluster.transportMatches().get(0);
        assertThat(istio.match()).containsEntry("tlsMode", "istio");
        assertThat(istio.tls().common().certificate()).isEqualTo(new TlsCommon.SecretRef("default", true, false));
        assertThat(istio.tls().common().validation().subjectAltNames()).hasSize(1);
        assertThat(cluster.transportMatches().get(1).tls()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            , 'lb_subset_config': {'list_as_any': true}                                | cluster c: unsupported field lb_subset_config
            , 'connect_timeout': '-1s'                                                | cluster c: connect_timeout: -1.0s (expected: >= 0s
            , 'lb_policy': 'LOAD_BALANCING_POLICY_CONFIG'                             | cluster c: lb_policy: LOAD_BALANCING_POLICY_CONFIG
            , 'outlier_detection': {'max_ejection_percent': 101}                       | cluster c: outlier_detection.max_ejection_percent: 101 (expected: 0 to 100)
            , 'transport_socket': {'name': 'x'}                                        | cluster c: transport_socket: no typed_config for x
            , 'ring_hash_lb_config': {'hash_function': 'MURMUR_HASH_2'}                | cluster c: ring_hash_lb_config.hash_function: MURMUR_HASH_2 (expected: XX_HASH)
            , 'least_request_lb_config': {'choice_count': 1}                           | cluster c: least_request_lb_config.choice_count: 1 (expected: >= 2)
            , 'maglev_lb_config': {'table_size': '65536'}                              | cluster c: maglev_lb_config.table_size: 65536 (expected: a prime, at most 5000011)
            , 'maglev_lb_config': {'table_size': '5000017'}                            | cluster c: maglev_lb_config.table_size: 5000017 (expected: a prime
            , 'round_robin_lb_config': {'slow_start_config': {'slow_start_window': '1s', 'min_weight_percent': {'value': 101}}} | cluster c: round_robin_lb_config.slow_start_config.min_weight_percent: 101.0
            , 'round_robin_lb_config': {'slow_start_config': {'slow_start_window': '1s', 'aggression': {'default_value': 0, 'runtime_key': 'x'}}} | cluster c: round_robin_lb_config.slow_start_config.aggression: 0.0
            , 'upstream_connection_options': {'tcp_keepalive': {'keepalive_probes': 0}} | cluster c: upstream_connection_options.tcp_keepalive.keepalive_probes: 0 (expected: >= 1)
            """)
    void clusters_areRefusedByName(String json, String message) {
        assertThatThrownBy(() -> cluster(json)).isInstanceOf(ResourceException.class).hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'match': {'prefix': '/'}}                                                            | routes r: virtual_hosts[0].routes[0]: no action
            {'match': {}, 'route': {'cluster': 'c'}}                                              | routes r: virtual_hosts[0].routes[0].match: nothing to match
            {'match': {'prefix': '/'}, 'route': {'cluster': ''}}                                  | routes r: virtual_hosts[0].routes[0].route.cluster: "" (expected: a name)
            {'match': {'prefix': '/'}, 'route': {'cluster': 'c', 'rate_limits': [{'stage': 1}]}}  | routes r: virtual_hosts[0].routes[0].route: unsupported field rate_limits
            {'match': {'prefix': '/'}, 'route': {'cluster': 'c', 'retry_policy': {'retry_on': '5xx,never'}}} | routes r: virtual_hosts[0].routes[0].route.retry_policy.retry_on: never
            {'match': {'prefix': '/'}, 'direct_response': {'status': 100}}                        | routes r: virtual_hosts[0].routes[0].direct_response.status: 100 (expected: 200 to 599)
            {'match': {'prefix': '/'}, 'direct_response': {'status': 200, 'body': {'filename': '/etc/passwd'}}} | routes r: virtual_hosts[0].routes[0].direct_response.body.filename: not accepted from a control plane
            {'match': {'prefix': '/'}, 'route': {'cluster': 'c'}, 'request_headers_to_add': [{'header': {'key': 'host', 'value': 'x'}}]} | routes r: virtual_hosts[0].routes[0].request_headers_to_add[0].header.key
            {'match': {'prefix': '/'}, 'route': {'cluster': 'c'}, 'response_headers_to_add': [{'header': {'key': 'a', 'value': 'x\\r\\nb: c'}}]} | routes r: virtual_hosts[0].routes[0].response_headers_to_add[0].header.value: CR, LF or NUL
            {'match': {'prefix': '/'}, 'route': {'weighted_clusters': {'clusters': [{'name': 'a', 'weight': 0}]}}} | routes r: virtual_hosts[0].routes[0].route.weighted_clusters: clusters: the weights add up to 0
            """)
    void routes_areRefusedByPlace(String json, String message) {
        assertThatThrownBy(() -> route(json)).isInstanceOf(ResourceException.class).hasMessageStartingWith(message);
    }

    @Test
    void listener_withAnUnknownFilter_namesIt() {
        Listener listener = json("""
                {'name': 'http_proxy', 'address': {'socket_address': {'address': '127.0.0.1', 'port_value': 1}}, 'filter_chains': [{'filters': [
                  {'name': 'hcm', 'typed_config': {'@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
                   'rds': {'route_config_name': 'r', 'config_source': {'ads': {}}}, 'http_filters': [
                     {'name': 'odd', 'typed_config': {'@type': 'type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer'}}]}}]}]}""",
                Listener.newBuilder()).build();
        assertThatThrownBy(() -> parsers.listener(listener))
                .hasMessageStartingWith("listener http_proxy: filter_chains[0].filters[0].typed_config.http_filters[0]: unsupported filter odd");
    }

    private static String exchange(String carrier, String type, String value) {
        return "{'name': 'istio.metadata_exchange', 'typed_config': {'@type': 'type.googleapis.com/" + carrier + "', 'type_url': 'type.googleapis.com/" + type
                + "', 'value': {" + value + "}}}";
    }

    private ListenerResource listenerWith(String... filters) {
        Listener listener = json("{'name': 'l', 'address': {'socket_address': {'address': '127.0.0.1', 'port_value': 1}}, 'filter_chains': [{'filters': ["
                        + String.join(",", filters) + "]}]}", Listener.newBuilder()).build();
        return parsers.listener(listener);
    }

    @Test
    void metadataExchange_isReadAsTheReferenceSendsIt_andNothingElseInItsForm() {
        String tcp = "{'name': 't', 'typed_config': {'@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',"
                + " 'stat_prefix': 't', 'cluster': 'c'}}";
        String type = "envoy.tcp.metadataexchange.config.MetadataExchange";
        for (String carrier : List.of("udpa.type.v1.TypedStruct", "xds.type.v3.TypedStruct")) {
            String filter = exchange(carrier, type, "'protocol': 'istio-peer-exchange', 'enable_discovery': true");
            assertThat(listenerWith(filter, tcp).filterChains().get(0).filters()).first().isEqualTo(new MetadataExchangeResource());
            assertThat(parsers.cluster(json("{'name': 'c', 'filters': [" + filter + "]}", Cluster.newBuilder()).build()).exchangesMetadata()).isTrue();
            assertThatThrownBy(() -> listenerWith(tcp, filter)).hasMessageContaining("only rbac and metadata_exchange before it");
            assertThatThrownBy(() -> listenerWith(filter)).hasMessageContaining("http_connection_manager or tcp_proxy last");
            assertThatThrownBy(() -> listenerWith(exchange(carrier, "x.Y", "'protocol': 'istio-peer-exchange'"), tcp))
                    .hasMessage("listener l: filter_chains[0].filters[0].typed_config.type_url: type.googleapis.com/x.Y"
                            + " (expected: type.googleapis.com/" + type + ")");
            assertThatThrownBy(() -> listenerWith(exchange(carrier, type, "'protocol': 'mine'"), tcp))
                    .hasMessageContaining("protocol: \"mine\" (expected: istio-peer-exchange)");
            assertThatThrownBy(() -> listenerWith(exchange(carrier, type, "'protocol': 'istio-peer-exchange', 'additional_labels': ['x']"), tcp))
                    .hasMessageContaining("unsupported field additional_labels");
        }
        assertThat(parsers.cluster(json("{'name': 'c'}", Cluster.newBuilder()).build()).exchangesMetadata()).isFalse();
        assertThatThrownBy(() -> parsers.cluster(json("{'name': 'c', 'filters': [" + tcp + "]}", Cluster.newBuilder()).build()))
                .hasMessageStartingWith("cluster c: filters[0]: unsupported filter t");
    }

    @Test
    void listener_twoChainsThatMatchAlike_areRefused() {
        String chain = "{'filters': [{'name': 't', 'typed_config': {'@type':"
                + " 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', 'stat_prefix': 't', 'cluster': 'c'}}]}";
        Listener listener = json("{'name': 'l', 'address': {'socket_address': {'address': '127.0.0.1', 'port_value': 1}}, 'filter_chains': ["
                        + chain + "," + chain + "]}",
                Listener.newBuilder()).build();
        assertThatThrownBy(() -> parsers.listener(listener)).hasMessageContaining("is the same as that of listener l: filter_chains[0]");
    }

    @Test
    void fieldsOfANewerEnvoy_areNotDropped() {
        Cluster newer = json("{'name': 'c'}", Cluster.newBuilder())
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(9999, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build())
                .build();
        assertThatThrownBy(() -> parsers.cluster(newer)).hasMessage("cluster c: unknown field number 9999 of envoy.config.cluster.v3.Cluster");
    }
}
