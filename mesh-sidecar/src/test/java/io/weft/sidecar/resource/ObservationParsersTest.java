package io.weft.sidecar.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.weft.sidecar.identity.SpiffeId;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.peer.PeerMetadata;
import io.weft.sidecar.observe.peer.PeerNames;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationParsersTest {
    private static final String ALS = "{'@type':'type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig',"
            + "'additional_request_headers_to_log':['TraceParent'],'common_config':{'log_name':'weft','transport_api_version':'V3',"
            + "'buffer_flush_interval':'2s','grpc_service':{'envoy_grpc':{'cluster_name':'outbound|15019||t'}}}}";
    private static final String STDOUT = "{'@type':'type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog'}";

    private static ListenerResource listener(String more, String logs, String tracing) throws InvalidProtocolBufferException {
        String json = "{'name':'l','address':{'socket_address':{'address':'127.0.0.1','port_value':0}}" + more + ",'filter_chains':[{'filters':[{"
                + "'name':'hcm','typed_config':{'@type':'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',"
                + "'stat_prefix':'in','route_config':{'name':'r'},'access_log':[" + logs + "]" + tracing + ",'http_filters':[{'name':'router','typed_config':{"
                + "'@type':'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router'}}]}}]}]}";
        Listener.Builder listener = Listener.newBuilder();
        JsonFormat.parser().usingTypeRegistry(KnownTypes.registry()).merge(json.replace('\'', '"'), listener);
        return ResourceParsers.ofControlPlane(Set.of()).listener(listener.build());
    }

    private static HttpManagerResource manager(String logs, String tracing) throws InvalidProtocolBufferException {
        return (HttpManagerResource) listener("", logs, tracing).filterChains().get(0).filters().get(0);
    }

    private static String log(String config, String filter) {
        return "{'name':'x','typed_config':" + config + (filter.isEmpty() ? "" : ",'filter':" + filter) + "}";
    }

    private static String tracing(String provider, String more) {
        return ",'tracing':{'provider':{'name':'p','typed_config':" + provider + "}" + more + "}";
    }

    private static String otel(String service) {
        return "{'@type':'type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig'," + service + "}";
    }

    @Test
    void accessLogsOverGrpc() throws Exception {
        AccessLogResource log = manager(log(ALS, ""), "").accessLogs().get(0);
        assertThat(log.filter()).isNull();
        assertThat(log.output()).isEqualTo(new AccessLogResource.Stream(
                "outbound|15019||t", "outbound|15019||t", "weft", 16384, Duration.ofSeconds(2), List.of("traceparent"), List.of()));
    }

    @Test
    void filtersAreObeyed_andWhatIsNotKnownIsNamed() throws Exception {
        String and = "{'and_filter':{'filters':[{'status_code_filter':{'comparison':{'op':'GE','value':{'default_value':500,'runtime_key':'x'}}}},"
                + "{'or_filter':{'filters':[{'response_flag_filter':{'flags':['UF']}},{'duration_filter':{'comparison':{'op':'LE','value':{'default_value':9,"
                + "'runtime_key':'x'}}}}]}},{'not_health_check_filter':{}},{'header_filter':{'header':{'name':':method','string_match':{'exact':'GET'}}}},"
                + "{'grpc_status_filter':{'statuses':['UNAVAILABLE'],'exclude':true}}]}}";
        LogFilter.And filter = (LogFilter.And) manager(log(STDOUT, and), "").accessLogs().get(0).filter();
        assertThat(filter.filters()).hasSize(5).startsWith(
                new LogFilter.Status(LogFilter.Comparison.GE, 500),
                new LogFilter.Or(List.of(new LogFilter.Flags(Set.of("UF")), new LogFilter.Took(LogFilter.Comparison.LE, 9))),
                new LogFilter.NotHealthCheck());
        assertThat(filter.filters().get(4)).isEqualTo(new LogFilter.GrpcStatus(Set.of(14), true));
        assertThatThrownBy(() -> manager(log(STDOUT, "{'runtime_filter':{'runtime_key':'x'}}"), ""))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("access_log[0].filter: unsupported field runtime_filter");
        assertThatThrownBy(() -> manager(log(STDOUT, "{}"), "")).hasMessageContaining("no filter");
    }

    @Test
    void tracingByOpenTelemetry() throws Exception {
        TracingResource tracing = manager("", tracing(
                otel("'grpc_service':{'envoy_grpc':{'cluster_name':'t'},'timeout':'1s'},'service_name':'reviews.default'"),
                ",'random_sampling':{'value':0.5},'client_sampling':{'value':0},'max_path_tag_length':10,'custom_tags':["
                        + "{'tag':'a','literal':{'value':'b'}},{'tag':'c','request_header':{'name':'End-User','default_value':'d'}},"
                        + "{'tag':'e','environment':{'name':'HOME'}}]")).tracing();
        assertThat(tracing).isEqualTo(new TracingResource(
                new TracingResource.Exporter(TracingResource.Format.OTLP_GRPC, "t", "t", "", "reviews.default", Duration.ofSeconds(1)),
                new FractionalPercent(0, 1_000_000), new FractionalPercent(5_000, 1_000_000), new FractionalPercent(1_000_000, 1_000_000), 10,
                List.of(
                        new TracingResource.Tag("a", TracingResource.Source.LITERAL, "b", ""),
                        new TracingResource.Tag("c", TracingResource.Source.REQUEST_HEADER, "end-user", "d"),
                        new TracingResource.Tag("e", TracingResource.Source.ENVIRONMENT, "HOME", ""))));
        TracingResource http = manager("", tracing(
                otel("'http_service':{'http_uri':{'uri':'http://collector:4318/v1/traces','cluster':'t','timeout':'2s'}}"), "")).tracing();
        assertThat(http.exporter()).isEqualTo(new TracingResource.Exporter(
                TracingResource.Format.OTLP_HTTP, "t", "collector:4318", "/v1/traces", "", Duration.ofSeconds(2)));
        assertThat(manager("", ",'tracing':{}").tracing()).isNull();
        assertThat(manager("", "").tracing()).isNull();
    }

    @Test
    void tracingByZipkin() throws Exception {
        TracingResource tracing = manager("", tracing(
                "{'@type':'type.googleapis.com/envoy.config.trace.v3.ZipkinConfig','collector_cluster':'z','collector_endpoint':'/api/v2/spans',"
                        + "'collector_endpoint_version':'HTTP_JSON','trace_id_128bit':true,'shared_span_context':false}", "")).tracing();
        assertThat(tracing.exporter()).isEqualTo(
                new TracingResource.Exporter(TracingResource.Format.ZIPKIN_JSON, "z", "z", "/api/v2/spans", "", Duration.ofSeconds(5)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "'service_name':'x'; no or two services",
        "'grpc_service':{'google_grpc':{'target_uri':'x','stat_prefix':'x'}}; unsupported field google_grpc",
        "'grpc_service':{'envoy_grpc':{'cluster_name':'x'},'initial_metadata':[{'key':'a','value':'b'}]}; unsupported field initial_metadata",
        "'http_service':{'http_uri':{'uri':'http://c/a b','cluster':'t','timeout':'2s'}}; a path that begins with /",
    }, quoteCharacter = '"')
    void whatCannotBeServedIsRefusedByName(String service, String problem) {
        assertThatThrownBy(() -> manager("", tracing(otel(service), ""))).isInstanceOf(ResourceException.class).hasMessageContaining(problem);
    }

    @Test
    void badSharesAreRefused() {
        String provider = otel("'grpc_service':{'envoy_grpc':{'cluster_name':'t'}}");
        assertThatThrownBy(() -> manager("", tracing(provider, ",'random_sampling':{'value':101}")))
                .hasMessageContaining("random_sampling: 101.0 (expected: 0 to 100)");
        assertThatThrownBy(() -> manager("", tracing(provider, ",'custom_tags':[{'tag':'a','metadata':{'kind':{'request':{}}}}]")))
                .hasMessageContaining("unsupported field metadata");
    }

    @Test
    void metricsMayBeSwitchedOffByListener() throws Exception {
        String off = ",'metadata':{'filter_metadata':{'weft':{'metrics':{'disabled':['REQUEST_COUNT','TCP_SENT_BYTES']}}}}";
        assertThat(listener(off, "", "").disabledMetrics()).containsExactlyInAnyOrder("REQUEST_COUNT", "TCP_SENT_BYTES");
        assertThatThrownBy(() -> listener(off.replace("REQUEST_COUNT", "REQUEST_COUNTS"), "", ""))
                .hasMessageContaining("metadata.weft.metrics.disabled: REQUEST_COUNTS (expected: one of [GRPC_REQUEST_MESSAGES");
    }

    @Test
    void endpointsSayWhoseTheyAre() throws Exception {
        ClusterLoadAssignment.Builder assignment = ClusterLoadAssignment.newBuilder();
        JsonFormat.parser().merge(("{'cluster_name':'c','endpoints':[{'lb_endpoints':[{'endpoint':{'address':{'socket_address':{'address':'127.0.0.1',"
                + "'port_value':1}}},'metadata':{'filter_metadata':{'istio':{'workload':'reviews-v1;prod;reviews;v1;Kubernetes'},"
                + "'weft':{'app':'books','version':'one'}}}},{'endpoint':{'address':{'socket_address':{'address':'127.0.0.1','port_value':2}}},"
                + "'metadata':{'filter_metadata':{'istio':{'workload':'short;prod'}}}},"
                + "{'endpoint':{'address':{'socket_address':{'address':'127.0.0.1','port_value':3}}}}]}]}").replace('\'', '"'), assignment);
        List<EndpointsResource.Endpoint> endpoints = ResourceParsers.ofControlPlane(Set.of())
                .endpoints("c", com.google.protobuf.Any.pack(assignment.build())).localities().get(0).endpoints();
        assertThat(endpoints).extracting(EndpointsResource.Endpoint::workload).containsExactly(
                new Workload("reviews-v1", "prod", "books", "one", "reviews", "v1", "Kubernetes"),
                new Workload("short", "prod", "", "", "", "", ""),
                Workload.UNKNOWN);
    }

    @Test
    void theControlPlaneKnowsBetterWhoAProxyIs() throws Exception {
        String said = ",'metadata':{'filter_metadata':{'weft':{'self':{'workload':'reviews-v1;prod;reviews;v1;c2','app':'books','version':'v1'}}}}";
        Workload self = listener(said, "", "").self();
        assertThat(self).isEqualTo(new Workload("reviews-v1", "prod", "books", "v1", "reviews", "v1", "c2"));
        assertThat(listener("", "", "").self()).isNull();
        LocalNode known = LocalNodeParser.known(node("{'id':'sidecar~1~r~x','metadata':{'NAME':'r','MESH_ID':'m'}}"), self);
        assertThat(known.workload()).isEqualTo(self);
        assertThat(known.serviceName()).isEqualTo("books.prod");
        assertThat(known.meshId()).isEqualTo("m");
        assertThat(peers().read(known.peerMetadata(), in("prod"))).isEqualTo(self);
        assertThat(Node.parseFrom(known.message()).getMetadata().getFieldsOrThrow("WORKLOAD_NAME").getStringValue()).isEqualTo("reviews-v1");
    }

    private static LocalNode node(String json) throws InvalidProtocolBufferException {
        Node.Builder node = Node.newBuilder();
        JsonFormat.parser().merge(json.replace('\'', '"'), node);
        return LocalNodeParser.parse(node.build());
    }

    @Test
    void aNodeSaysWhoItIs_andPeersReadIt() throws Exception {
        LocalNode node = node("{'id':'sidecar~1~reviews-v1.prod~x','cluster':'c','metadata':{'NAME':'reviews-v1','WORKLOAD_NAME':'reviews-v1','NAMESPACE':'prod',"
                + "'CLUSTER_ID':'Kubernetes','MESH_ID':'m','LABELS':{'app':'reviews','version':'v1'}}}");
        assertThat(node.workload()).isEqualTo(new Workload("reviews-v1", "prod", "reviews", "v1", "reviews", "v1", "Kubernetes"));
        assertThat(node.serviceName()).isEqualTo("reviews.prod");
        assertThat(node.router()).isFalse();
        PeerMetadata peers = peers();
        assertThat(peers.read(node.peerMetadata(), in("prod"))).isEqualTo(node.workload());
        // the certificate has the last word
        assertThat(peers.read(node.peerMetadata(), in("other")).namespace()).isEqualTo("other");
        assertThat(node("{'id':'router~1~x~y','cluster':'edge'}").peerMetadata()).isEmpty();
        assertThat(node("{'id':'router~1~x~y','cluster':'edge'}").router()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"''", "not base64!", "AAAA", "/////w=="})
    void whatIsNoMetadataSaysNothing(String value) {
        assertThat(peers().read(value, in("ns")).known()).isFalse();
        assertThat(peers().read("A".repeat(5000), in("ns")).known()).isFalse();
    }

    private static PeerMetadata peers() {
        return new PeerMetadata(new PeerNames(new EngineMetrics()));
    }

    private static SpiffeId in(String namespace) {
        return new SpiffeId("cluster.local", namespace, "peer");
    }
}
