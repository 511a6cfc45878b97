package io.weft.pilot.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.trace.v3.OpenTelemetryConfig;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.model.AccessLogFormats;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.Observability;
import io.weft.pilot.model.Observability.AccessLogFile;
import io.weft.pilot.model.Observability.Collector;
import io.weft.pilot.state.MeshState;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TelemetryTest {

    private static final String COLLECTOR = "outbound|15019||mesh-telemetry.istio-system.svc.cluster.local";
    private static final Observability COLLECTED = new Observability(new Collector("127.0.0.1", 4242), AccessLogFile.NONE, 100);
    private static final Observability LOGGED =
            new Observability(null, new AccessLogFile("/dev/stdout", AccessLogFormats.TEXT, Map.of()), 1);
    private static final Proxy REVIEWS = Proxies.sidecar("reviews", "v1", 9080, 21001, 21101);

    @Test
    void nothingIsReported_unlessSomebodyAsks() {
        Generated generated = generated(Observability.NONE, REVIEWS);

        assertThat(generated.names(ResourceType.CLUSTER)).doesNotContain(COLLECTOR);
        assertThat(generated.managers()).isNotEmpty().allSatisfy(manager -> {
            assertThat(manager.getAccessLogCount()).isZero();
            assertThat(manager.hasTracing()).isFalse();
        });
    }

    @Test
    void meshTelemetryIsACluster_withMeshTlsAndHttp2() {
        Cluster cluster = generated(COLLECTED, REVIEWS).cluster(COLLECTOR);

        assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.STATIC);
        assertThat(cluster.getLoadAssignment().getEndpoints(0).getLbEndpoints(0).getEndpoint().getAddress().getSocketAddress().getPortValue())
                .isEqualTo(4242);
        UpstreamTlsContext tls = Generated.unpack(cluster.getTransportSocket().getTypedConfig(), UpstreamTlsContext.class);
        assertThat(tls.getSni()).isEqualTo("outbound_.15019_._.mesh-telemetry.istio-system.svc.cluster.local");
        assertThat(tls.getCommonTlsContext().getCombinedValidationContext().getDefaultValidationContext().getMatchTypedSubjectAltNamesList())
                .singleElement()
                .satisfies(san -> assertThat(san.getMatcher().getExact()).isEqualTo("spiffe://cluster.local/ns/istio-system/sa/mesh-telemetry"));
        assertThat(tls.getCommonTlsContext().getAlpnProtocolsList()).contains("h2");
    }

    @Test
    void aNameIsLookedUp() {
        Observability named = new Observability(new Collector("telemetry.example", 15019), AccessLogFile.NONE, 1);
        assertThat(generated(named, REVIEWS).cluster(COLLECTOR).getType()).isEqualTo(Cluster.DiscoveryType.STRICT_DNS);
    }

    /** Else whoever may write a ServiceEntry would read everybody's requests. */
    @Test
    void noServiceOfUsersTakesTheCollectorsPlace() {
        MeshState state = MeshYaml.state(MeshSettings.DEFAULTS.with(COLLECTED), Map.of(), MeshYaml.file("bookinfo.yaml"), """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: thief, namespace: default}
                spec:
                  hosts: [mesh-telemetry.istio-system.svc.cluster.local]
                  ports: [{number: 15019, name: grpc, protocol: GRPC}]
                  location: MESH_INTERNAL
                  resolution: STATIC
                  endpoints: [{address: 10.0.0.66, serviceAccount: thief}]
                """);

        Cluster cluster = Generated.of(state, REVIEWS).cluster(COLLECTOR);
        assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.STATIC);
        assertThat(cluster.toString()).doesNotContain("thief");
    }

    @Test
    void everyManagerReportsRequestsAndSpans() {
        List<HttpConnectionManager> managers = generated(COLLECTED, REVIEWS).managers();

        assertThat(managers).hasSizeGreaterThanOrEqualTo(3).allSatisfy(manager -> {
            assertThat(manager.getAccessLogList()).singleElement().satisfies(log -> {
                assertThat(log.getName()).isEqualTo("envoy.access_loggers.http_grpc");
                HttpGrpcAccessLogConfig grpc = Generated.unpack(log.getTypedConfig(), HttpGrpcAccessLogConfig.class);
                assertThat(grpc.getCommonConfig().getLogName()).isEqualTo("weft");
                assertThat(grpc.getCommonConfig().getGrpcService().getEnvoyGrpc().getClusterName()).isEqualTo(COLLECTOR);
                assertThat(grpc.getCommonConfig().getBufferFlushInterval().getSeconds()).isEqualTo(1);
                assertThat(grpc.getAdditionalRequestHeadersToLogList()).containsExactly("traceparent");
            });
            assertThat(manager.getTracing().getRandomSampling().getValue()).isEqualTo(100);
            OpenTelemetryConfig spans = Generated.unpack(manager.getTracing().getProvider().getTypedConfig(), OpenTelemetryConfig.class);
            assertThat(spans.getServiceName()).isEqualTo("reviews.default");
            assertThat(spans.getGrpcService().getEnvoyGrpc().getClusterName()).isEqualTo(COLLECTOR);
        });
        FilterChain bytes = chain(generated(COLLECTED, REVIEWS), "tls-passthrough");
        assertThat(Generated.tcp(bytes).getAccessLogList()).singleElement().satisfies(log -> {
            assertThat(log.getName()).isEqualTo("envoy.access_loggers.tcp_grpc");
            Generated.unpack(log.getTypedConfig(), TcpGrpcAccessLogConfig.class);
        });
        assertThat(generated(COLLECTED, Proxies.ingress()).managers()).isNotEmpty().allSatisfy(manager ->
                assertThat(manager.hasTracing()).isTrue());
    }

    @Test
    void whoHasNoIdentity_reportsNothing() {
        Generated generated = generated(COLLECTED, Proxies.client("default", Map.of()));

        assertThat(generated.names(ResourceType.CLUSTER)).doesNotContain(COLLECTOR);
        assertThat(generated.managers()).isNotEmpty().allSatisfy(manager -> {
            assertThat(manager.getAccessLogCount()).isZero();
            assertThat(manager.hasTracing()).isFalse();
        });
    }

    @Test
    void aFileIsWrittenInTheReferencesFormat() {
        assertThat(generated(LOGGED, REVIEWS).managers()).allSatisfy(manager -> {
            FileAccessLog file = file(manager);
            assertThat(file.getPath()).isEqualTo("/dev/stdout");
            assertThat(file.getLogFormat().getTextFormatSource().getInlineString()).isEqualTo(AccessLogFormats.TEXT);
        });
        Observability json = new Observability(null, new AccessLogFile("/dev/stderr", null, Map.of("code", "%RESPONSE_CODE%")), 1);
        assertThat(generated(json, Proxies.client("default", Map.of())).managers()).isNotEmpty().allSatisfy(manager -> {
            assertThat(file(manager).getPath()).isEqualTo("/dev/stderr");
            assertThat(file(manager).getLogFormat().getJsonFormat().getFieldsOrThrow("code").getStringValue()).isEqualTo("%RESPONSE_CODE%");
        });
    }

    @Test
    void aTelemetryWithAFilter_isEnvoysFilter() {
        Generated generated = generated(COLLECTED, REVIEWS, """
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: mesh, namespace: istio-system}
                spec:
                  accessLogging:
                  - providers: [{name: envoy}]
                    filter: {expression: "response.code >= 400 || 'x-debug' in request.headers"}
                """);

        HttpConnectionManager manager = generated.managers().get(0);
        assertThat(manager.getAccessLogList()).extracting(AccessLog::getName)
                .containsExactlyInAnyOrder("envoy.access_loggers.file", "envoy.access_loggers.http_grpc");
        AccessLogFilter filter = manager.getAccessLogList().stream()
                .filter(log -> log.getName().equals("envoy.access_loggers.file"))
                .findFirst()
                .orElseThrow()
                .getFilter();
        assertThat(filter.getOrFilter().getFilters(0).getStatusCodeFilter().getComparison().getOp()).isEqualTo(ComparisonFilter.Op.GE);
        assertThat(filter.getOrFilter().getFilters(0).getStatusCodeFilter().getComparison().getValue().getDefaultValue()).isEqualTo(400);
        assertThat(filter.getOrFilter().getFilters(1).getHeaderFilter().getHeader().getName()).isEqualTo("x-debug");
    }

    @Test
    void oneSideMayBeSilent() {
        Generated generated = generated(COLLECTED, REVIEWS, """
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: reviews, namespace: default}
                spec:
                  selector: {matchLabels: {app: reviews}}
                  accessLogging:
                  - match: {mode: SERVER}
                    disabled: true
                  tracing:
                  - match: {mode: CLIENT}
                    disableSpanReporting: true
                  - match: {mode: SERVER}
                    randomSamplingPercentage: 12.5
                    customTags:
                      team: {literal: {value: books}}
                      tenant: {header: {name: x-tenant, defaultValue: none}}
                      host: {environment: {name: HOSTNAME}}
                  metrics:
                  - providers: [{name: prometheus}]
                    overrides:
                    - match: {metric: REQUEST_SIZE, mode: CLIENT}
                      disabled: true
                """);

        HttpConnectionManager server = Generated.http(chain(generated, "mtls"));
        assertThat(server.getAccessLogCount()).isZero();
        assertThat(server.getTracing().getRandomSampling().getValue()).isEqualTo(12.5);
        assertThat(server.getTracing().getCustomTagsList()).extracting(tag -> tag.getTag() + "=" + tag.getTypeCase())
                .containsExactly("team=LITERAL", "tenant=REQUEST_HEADER", "host=ENVIRONMENT");
        assertThat(generated.listener("inbound_127.0.0.1_21001").getMetadata().getFilterMetadataOrThrow("weft").getFieldsMap())
                .doesNotContainKey("metrics");
        HttpConnectionManager client = Generated.http(generated.listener("http_proxy").getFilterChains(0));
        assertThat(client.getAccessLogCount()).isEqualTo(1);
        assertThat(client.hasTracing()).isFalse();
        Struct weft = generated.listener("http_proxy").getMetadata().getFilterMetadataOrThrow("weft");
        assertThat(weft.getFieldsOrThrow("metrics").getStructValue().getFieldsOrThrow("disabled").getListValue().getValuesList())
                .extracting(Value::getStringValue)
                .containsExactly("REQUEST_SIZE");
    }

    @Test
    void endpointsAndInboundClustersSayWhoTheyAre() {
        Generated generated = generated(Observability.NONE, REVIEWS);

        Metadata reviews = generated.endpoints("outbound|9080|v1|reviews.default.svc.cluster.local")
                .getEndpoints(0).getLbEndpoints(0).getMetadata();
        assertThat(reviews.getFilterMetadataOrThrow("istio").getFieldsOrThrow("workload").getStringValue())
                .isEqualTo("reviews-v1-127.0.0.1-21001;default;reviews;v1;Kubernetes");
        assertThat(reviews.getFilterMetadataMap()).doesNotContainKey("weft");
        assertThat(generated.cluster("inbound|9080||").getMetadata())
                .isEqualTo(generated.cluster("outbound|9080||reviews.default.svc.cluster.local").getMetadata());
    }

    /** A registered workload is what its group says: its proxy need not say anything of itself. */
    @Test
    void aRegisteredWorkloadIsToldWhoItIs() {
        Generated generated = generated(Observability.NONE, REVIEWS);

        for (String listener : List.of("inbound_127.0.0.1_21001", "http_proxy")) {
            Struct self = generated.listener(listener).getMetadata().getFilterMetadataOrThrow("weft").getFieldsOrThrow("self").getStructValue();
            assertThat(self.getFieldsOrThrow("workload").getStringValue()).isEqualTo("reviews-v1;default;reviews;v1;Kubernetes");
            assertThat(self.getFieldsOrThrow("app").getStringValue()).isEqualTo("reviews");
            assertThat(self.getFieldsOrThrow("version").getStringValue()).isEqualTo("v1");
        }
        assertThat(generated(Observability.NONE, Proxies.client("default", Map.of())).listener("http_proxy").hasMetadata())
                .as("nobody vouches for this one")
                .isFalse();
    }

    @Test
    void canonicalLabelsWin_andTheOthersAreToldBeside() {
        Metadata metadata = endpoint("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: books, namespace: default}
                spec:
                  hosts: [books.example]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  location: MESH_INTERNAL
                  resolution: STATIC
                  endpoints:
                  - address: 10.0.0.1
                    labels: {service.istio.io/canonical-name: library, version: v7}
                """);
        assertThat(metadata.getFilterMetadataOrThrow("istio").getFieldsOrThrow("workload").getStringValue())
                .isEqualTo("books;default;library;v7;Kubernetes");
        assertThat(metadata.getFilterMetadataOrThrow("weft").getFieldsOrThrow("app").getStringValue()).isEqualTo("unknown");
        assertThat(metadata.getFilterMetadataOrThrow("weft").getFieldsOrThrow("version").getStringValue()).isEqualTo("v7");
    }

    @Test
    void whatIsOutsideTheMesh_isNoWorkload() {
        Metadata metadata = endpoint("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: books, namespace: default}
                spec:
                  hosts: [books.example]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: STATIC
                  endpoints: [{address: 10.0.0.1}]
                """);
        assertThat(metadata.getFilterMetadataMap()).doesNotContainKeys("istio", "weft");
    }

    private static Metadata endpoint(String entry) {
        return Generated.of(MeshYaml.state(entry), Proxies.client("default", Map.of()))
                .endpoints("outbound|80||books.example")
                .getEndpoints(0)
                .getLbEndpoints(0)
                .getMetadata();
    }

    private static Generated generated(Observability observability, Proxy proxy, String... more) {
        String[] texts = Stream.concat(
                        Stream.of("bookinfo.yaml", "gateways.yaml", "bookinfo-gateway.yaml", "destination-rule-all.yaml", "workloads.yaml")
                                .map(MeshYaml::file),
                        Stream.of(more))
                .toArray(String[]::new);
        return Generated.of(MeshYaml.state(MeshSettings.DEFAULTS.with(observability), Map.of(), texts), proxy);
    }

    private static FilterChain chain(Generated generated, String name) {
        return generated.listener("inbound_127.0.0.1_21001").getFilterChainsList().stream()
                .filter(chain -> chain.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static FileAccessLog file(HttpConnectionManager manager) {
        assertThat(manager.getAccessLogCount()).isEqualTo(1);
        assertThat(manager.getAccessLog(0).getName()).isEqualTo("envoy.access_loggers.file");
        return Generated.unpack(manager.getAccessLog(0).getTypedConfig(), FileAccessLog.class);
    }
}
