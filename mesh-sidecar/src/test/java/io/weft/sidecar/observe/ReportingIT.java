package io.weft.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.TestCa;
import io.weft.sidecar.observe.prometheus.PrometheusText;
import io.weft.sidecar.resource.AccessLogResource;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.DownstreamTlsResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.FractionalPercent;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.HttpManagerResource.ForwardClientCert;
import io.weft.sidecar.resource.HttpManagerResource.ForwardClientCertDetails;
import io.weft.sidecar.resource.ListenerResource.Direction;
import io.weft.sidecar.resource.ListenerResource.FilterChain;
import io.weft.sidecar.resource.ListenerResource.FilterChainMatch;
import io.weft.sidecar.resource.LocalNodeParser;
import io.weft.sidecar.resource.NetAddress;
import io.weft.sidecar.resource.RetryPolicyResource;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.resource.TlsCommon;
import io.weft.sidecar.resource.TlsCommon.SanMatch;
import io.weft.sidecar.resource.TlsCommon.SecretRef;
import io.weft.sidecar.resource.TracingResource;
import io.weft.sidecar.resource.UpstreamTlsResource;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.testing.Collector;
import io.weft.sidecar.testing.FreePort;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.Samples;
import io.weft.sidecar.testing.TestEngine;
import io.weft.sidecar.tls.TlsContexts;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What two sidecars with mutual TLS between them report of the same requests. */
class ReportingIT {
    private static final String CLIENT = "spiffe://cluster.local/ns/default/sa/productpage";
    private static final String SERVER = "spiffe://cluster.local/ns/prod/sa/reviews";
    private static final String OUT = "outbound|9080||reviews.prod.svc.cluster.local";
    private static final String IN = "inbound|9080||";
    private static final String COLLECTOR = "outbound|15019||mesh-telemetry.istio-system.svc.cluster.local";
    private static final SecretRef OWN = new SecretRef("default", true, false);
    private static final SecretRef ROOT = new SecretRef("ROOTCA", true, false);
    private static final ClusterResource.Service SERVICE =
            new ClusterResource.Service("reviews.prod.svc.cluster.local", "reviews", "prod");

    private final TestCa ca = new TestCa();
    private final AtomicInteger requests = new AtomicInteger();
    private TestEngine client;
    private TestEngine server;
    private RawBackend app;
    private Collector collector;

    @BeforeEach
    void start() throws Exception {
        client = new TestEngine(new TlsContexts(IdentitySource.fixed(ca.svid(CLIENT))));
        server = new TestEngine(new TlsContexts(IdentitySource.fixed(ca.svid(SERVER))));
        collector = new Collector();
        app = new RawBackend((head, in, out) -> {
            RawBackend.body(head, in);
            int n = requests.incrementAndGet();
            int status = head.contains("GET /404") ? 404 : head.contains("GET /503") || head.contains("GET /once") && n == 1 ? 503 : 200;
            out.write(("HTTP/1.1 " + status + " X\r\nContent-Length: 7\r\nX-Envoy-Peer-Metadata: bGll\r\nX-Envoy-Peer-Metadata-Id: me\r\n\r\nreviews").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return true;
        });
        client.engine().introduce(LocalNodeParser.parse(Samples.node("productpage-v1", "default", "productpage")));
        server.engine().introduce(LocalNodeParser.parse(Samples.node("reviews-v1", "prod", "reviews")));
        server.cluster(service(IN, app.port()));
        for (TestEngine engine : List.of(client, server)) {
            engine.cluster(collector.cluster(COLLECTOR));
        }
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        app.close();
        collector.close();
    }

    private static ClusterResource service(String name, int port) {
        return ClusterResource.of(name, ClusterResource.Type.STATIC, TestEngine.endpoints(name, port)).withService(SERVICE);
    }

    private static AccessLogResource als() {
        return new AccessLogResource(
                new AccessLogResource.Stream(COLLECTOR, COLLECTOR, "weft", 16384, Duration.ofMillis(50), List.of("traceparent"), List.of("server")),
                null);
    }

    private static TracingResource tracing(TracingResource.Format format, FractionalPercent random) {
        return new TracingResource(
                new TracingResource.Exporter(format, COLLECTOR, COLLECTOR, "/api/v2/spans", "", Duration.ofSeconds(5)),
                FractionalPercent.ALWAYS, random, FractionalPercent.ALWAYS, 256,
                List.of(new TracingResource.Tag("team", TracingResource.Source.LITERAL, "books", ""),
                        new TracingResource.Tag("user", TracingResource.Source.REQUEST_HEADER, "end-user", "nobody")));
    }

    private static HttpManagerResource manager(HttpManagerResource base, @Nullable TracingResource tracing) {
        return new HttpManagerResource(
                base.statPrefix(), base.codec(), base.routeConfig(), null, base.filters(), base.pathNormalization(),
                ForwardClientCert.SANITIZE_SET, new ForwardClientCertDetails(true, true, false, false, false),
                base.useRemoteAddress(), 0, false, true, false, HttpManagerResource.ServerHeader.PASS_THROUGH, "weft",
                base.underscoreHeaders(), base.requestTimeout(), base.requestHeadersTimeout(), base.streamIdleTimeout(),
                base.idleTimeout(), base.maxConnectionDuration(), base.maxStreamDuration(), 0, base.drainTimeout(), 0, 0,
                base.upgradeTypes(), false, false, base.http2(), List.of(als()), tracing);
    }

    private static TlsCommon common(List<String> alpn, List<SanMatch> sans) {
        return new TlsCommon(
                alpn, OWN, new TlsCommon.Validation(ROOT, sans, false), "TLSv1.2", "TLSv1.3", List.of(), List.of());
    }

    private int inbound(@Nullable TracingResource tracing) {
        RouteConfigResource routes = RouteConfigResource.of(
                "in",
                List.of(VirtualHostResource.of("in", List.of("*"), List.of(RouteResource.of("default", Match.prefix("/"), Forward.to(IN))))));
        FilterChain chain = new FilterChain(
                "mtls",
                FilterChainMatch.ANY,
                new DownstreamTlsResource(common(List.of("istio-http/1.1", "istio"), List.of()), true, false),
                List.of(manager(HttpManagerResource.of("in", routes, null, List.of()), tracing)));
        server.listener("inbound", Direction.INBOUND, chain);
        return server.engine().listeners().get("inbound").getPort();
    }

    private void outboundCluster(int inbound) {
        UpstreamTlsResource tls = new UpstreamTlsResource(
                common(List.of("istio", "istio-http/1.1"), List.of(new SanMatch(SanMatch.Type.URI, StringMatch.exact(SERVER)))),
                "outbound_.9080_._.reviews.prod.svc.cluster.local", false, false);
        EndpointsResource.Endpoint endpoint = new EndpointsResource.Endpoint(
                new NetAddress("127.0.0.1", inbound), "", 1, EndpointsResource.Health.HEALTHY, Map.of("tlsMode", "istio"),
                new Workload("reviews-v1", "prod", "reviews", "v1", "reviews", "v1", "Kubernetes"), 0);
        client.cluster(ClusterResource.of(OUT, ClusterResource.Type.STATIC, EndpointsResource.of(OUT, List.of(endpoint)))
                .withService(SERVICE)
                .withTls(null, List.of(new ClusterResource.TransportMatch("tlsMode-istio", Map.of("tlsMode", "istio"), tls))));
    }

    private int outbound(int inbound, @Nullable TracingResource tracing) {
        outboundCluster(inbound);
        RetryPolicyResource twice = RetryPolicyResource.of(Set.of("5xx"), 2, Duration.ZERO);
        RouteResource retried = RouteResource.of("retried", Match.prefix("/once"), Forward.to(new RouteResource.Target.Cluster(OUT), null, twice));
        return client.listen(
                base -> manager(base, tracing),
                List.of(),
                VirtualHostResource.of("reviews", List.of("reviews:9080"), List.of(retried, RouteResource.of("default", Match.prefix("/"), Forward.to(OUT)))));
    }

    private static RawClient.Response get(int port, String path, String... headers) throws Exception {
        try (RawClient raw = new RawClient(port)) {
            return raw.send("GET " + path + " HTTP/1.1\r\nHost: reviews:9080\r\n" + String.join("", headers) + "\r\n").read();
        }
    }

    private static Map<String, String> labels(List<String> pairs) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            labels.put(pairs.get(i), pairs.get(i + 1));
        }
        return labels;
    }

    private static Map<String, Long> byCode(TestEngine engine, String name) {
        return engine.metrics().counters().entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(name))
                .collect(Collectors.toMap(
                        entry -> labels(entry.getKey().labels()).get("response_code") + " " + labels(entry.getKey().labels()).get("response_flags"),
                        entry -> entry.getValue().value()));
    }

    @Test
    void sourceAndDestinationCountTheSame_underIstiosLabels() throws Exception {
        int port = outbound(inbound(null), null);
        for (String path : List.of("/", "/", "/404", "/503", "/")) {
            get(port, path);
        }
        assertThat(get(port, "/", "Host-less: x\r\n").status()).isEqualTo(200);
        try (RawClient raw = new RawClient(port)) {
            assertThat(raw.send("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n").read().status()).isEqualTo(404);
        }
        await().untilAsserted(() -> assertThat(byCode(client, "istio_requests_total"))
                .isEqualTo(Map.of("200 -", 4L, "404 -", 1L, "503 -", 1L, "404 NR", 1L)));
        await().untilAsserted(() -> assertThat(byCode(server, "istio_requests_total")).isEqualTo(Map.of("200 -", 4L, "404 -", 1L, "503 -", 1L)));

        String shared = "source_workload=\"productpage-v1\",source_workload_namespace=\"default\",source_principal=\"" + CLIENT
                + "\",source_app=\"productpage\",source_version=\"v1\",source_canonical_service=\"productpage\",source_canonical_revision=\"v1\","
                + "source_cluster=\"Kubernetes\",destination_workload=\"reviews-v1\",destination_workload_namespace=\"prod\","
                + "destination_principal=\"" + SERVER + "\",destination_app=\"reviews\",destination_version=\"v1\","
                + "destination_service=\"reviews.prod.svc.cluster.local\",destination_service_name=\"reviews\","
                + "destination_service_namespace=\"prod\",destination_canonical_service=\"reviews\",destination_canonical_revision=\"v1\","
                + "destination_cluster=\"Kubernetes\",request_protocol=\"http\",response_flags=\"-\",connection_security_policy=\"";
        assertThat(new PrometheusText().engine(client.metrics()).toString())
                .contains("istio_requests_total{reporter=\"source\"," + shared + "unknown\",response_code=\"200\",grpc_response_status=\"\"} 4\n")
                .contains("istio_response_bytes_sum{reporter=\"source\"," + shared + "unknown\",response_code=\"200\",grpc_response_status=\"\"} 28\n");
        assertThat(new PrometheusText().engine(server.metrics()).toString())
                .contains("istio_requests_total{reporter=\"destination\"," + shared + "mutual_tls\",response_code=\"200\",grpc_response_status=\"\"} 4\n");
    }

    @Test
    void whatProxiesTellEachOtherIsNoBusinessOfApps() throws Exception {
        int port = outbound(inbound(null), null);
        RawClient.Response answer = get(port, "/", "x-envoy-peer-metadata: bGll\r\n", "x-envoy-peer-metadata-id: sidecar~me\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.head()).as("other makes of proxies answer with it too").doesNotContainIgnoringCase("peer-metadata");
        assertThat(app.heads()).singleElement().asString().doesNotContainIgnoringCase("peer-metadata");
        await().untilAsserted(() -> assertThat(server.metrics().counters().keySet())
                .anySatisfy(key -> assertThat(labels(key.labels())).containsEntry("source_workload", "productpage-v1")));
    }

    @Test
    void oneTraceOverBothProxies_parentsRight_alsoOnRetries() throws Exception {
        TracingResource all = tracing(TracingResource.Format.OTLP_GRPC, FractionalPercent.ALWAYS);
        TracingResource none = tracing(TracingResource.Format.OTLP_GRPC, FractionalPercent.NEVER);
        int port = outbound(inbound(none), all);
        assertThat(get(port, "/once?q=1", "end-user: jason\r\n").status()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(collector.spans()).hasSize(3));

        Collector.Seen out = collector.spans().stream().filter(seen -> seen.service().equals("productpage.default")).findFirst().orElseThrow();
        assertThat(out.span().getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
        assertThat(out.span().getParentSpanId().isEmpty()).isTrue();
        assertThat(out.span().getName()).isEqualTo("reviews.prod.svc.cluster.local:9080/*");
        assertThat(out.tag("http.status_code")).isEqualTo("200");
        assertThat(out.tag("http.method")).isEqualTo("GET");
        assertThat(out.tag("http.url")).isEqualTo("http://reviews:9080/once?q=1");
        assertThat(out.tag("upstream_cluster")).isEqualTo(OUT);
        assertThat(out.tag("component")).isEqualTo("proxy");
        assertThat(out.tag("istio.canonical_service")).isEqualTo("productpage");
        assertThat(out.tag("istio.mesh_id")).isEqualTo("cluster.local");
        assertThat(out.tag("team")).isEqualTo("books");
        assertThat(out.tag("user")).isEqualTo("jason");
        assertThat(out.tag("retry_count")).isEqualTo("1");
        assertThat(out.tag("guid:x-request-id")).hasSize(36);
        assertThat(out.span().getEndTimeUnixNano()).isGreaterThan(out.span().getStartTimeUnixNano());

        List<Collector.Seen> in = collector.spans().stream().filter(seen -> seen.service().equals("reviews.prod")).toList();
        assertThat(in).hasSize(2).allSatisfy(seen -> {
            assertThat(seen.span().getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
            assertThat(seen.span().getTraceId()).isEqualTo(out.span().getTraceId());
            assertThat(seen.span().getParentSpanId()).isEqualTo(out.span().getSpanId());
        });
        assertThat(in).extracting(seen -> seen.tag("error")).containsExactlyInAnyOrder("true", "");
        for (int i = 0; i < 2; i++) {
            String head = app.heads().get(i);
            assertThat(in).anySatisfy(seen -> assertThat(head).contains("-" + hex(seen.span().getSpanId()) + "-01"));
        }
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    @Test
    void unsampledRequestsLeaveNoSpan_butTheirContextGoesOn() throws Exception {
        TracingResource none = tracing(TracingResource.Format.OTLP_GRPC, FractionalPercent.NEVER);
        TracingResource all = tracing(TracingResource.Format.OTLP_GRPC, FractionalPercent.ALWAYS);
        int port = outbound(inbound(all), none);
        get(port, "/");
        await().until(() -> collector.requests().size() == 2);
        assertThat(app.heads().get(0)).containsPattern("traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-00\r\n");
        assertThat(collector.spans()).isEmpty();
    }

    @Test
    void spansGoToZipkin() throws Exception {
        List<String> bodies = new CopyOnWriteArrayList<>();
        try (RawBackend zipkin = new RawBackend((head, in, out) -> {
            bodies.add(head + new String(RawBackend.body(head, in), StandardCharsets.UTF_8));
            out.write("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return true;
        })) {
            client.cluster(COLLECTOR, zipkin.port());
            int port = outbound(inbound(null), tracing(TracingResource.Format.ZIPKIN_JSON, FractionalPercent.ALWAYS));
            get(port, "/\"", "end-user: \"quoted\\\r\n");
            await().until(() -> !bodies.isEmpty());
        }
        String body = bodies.get(0);
        assertThat(body).startsWith("POST /api/v2/spans HTTP/1.1\r\n");
        JsonObject span = JsonParser.parseString(body.substring(body.indexOf("\r\n\r\n") + 4)).getAsJsonArray().get(0).getAsJsonObject();
        assertThat(span.get("kind").getAsString()).isEqualTo("CLIENT");
        assertThat(span.get("traceId").getAsString()).hasSize(32);
        assertThat(span.has("parentId")).isFalse();
        assertThat(span.getAsJsonObject("localEndpoint").get("serviceName").getAsString()).isEqualTo("productpage.default");
        assertThat(span.getAsJsonObject("remoteEndpoint").get("ipv4").getAsString()).isEqualTo("127.0.0.1");
        assertThat(span.getAsJsonObject("tags").get("user").getAsString()).isEqualTo("\"quoted\\");
    }

    @Test
    void spansGoOverOtlpHttp_andARefusingCollectorCostsOnlySpans() throws Exception {
        List<String> heads = new CopyOnWriteArrayList<>();
        List<ExportTraceServiceRequest> exports = new CopyOnWriteArrayList<>();
        AtomicInteger calls = new AtomicInteger();
        try (RawBackend otlp = new RawBackend((head, in, out) -> {
            byte[] body = RawBackend.body(head, in);
            boolean refuse = calls.incrementAndGet() == 1;
            if (!refuse) {
                heads.add(head);
                exports.add(ExportTraceServiceRequest.parseFrom(body));
            }
            out.write(("HTTP/1.1 " + (refuse ? "400 Bad Request" : "200 OK") + "\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return true;
        })) {
            client.cluster(COLLECTOR, otlp.port());
            int port = outbound(inbound(null), tracing(TracingResource.Format.OTLP_HTTP, FractionalPercent.ALWAYS));
            get(port, "/lost", "");
            await().until(() -> calls.get() == 1);
            await().until(() -> metric(client, "weft_spans_dropped_total") == 1);
            get(port, "/kept", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n");
            await().until(() -> !exports.isEmpty());
        }
        assertThat(heads.get(0)).startsWith("POST /api/v2/spans HTTP/1.1\r\n").containsIgnoringCase("content-type: application/x-protobuf\r\n");
        var resource = exports.get(0).getResourceSpans(0);
        assertThat(resource.getResource().getAttributes(0).getKey()).isEqualTo("service.name");
        assertThat(resource.getResource().getAttributes(0).getValue().getStringValue()).isEqualTo("productpage.default");
        Span span = resource.getScopeSpans(0).getSpans(0);
        assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
        assertThat(hex(span.getTraceId())).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(hex(span.getParentSpanId())).isEqualTo("b7ad6b7169203331");
    }

    private static double metric(TestEngine engine, String name) {
        return new PrometheusText().engine(engine.metrics()).toString().lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }

    @Test
    void accessLogsComeAsEnvoysMessages_theNodeFirst() throws Exception {
        int port = outbound(inbound(null), tracing(TracingResource.Format.OTLP_GRPC, FractionalPercent.ALWAYS));
        get(port, "/404?x=1", "user-agent: curl\r\n");
        await().until(() -> collector.requests().size() == 2);
        for (StreamAccessLogsMessage first : collector.messages()) {
            assertThat(first.getIdentifier().getLogName()).isEqualTo("weft");
            assertThat(first.getIdentifier().getNode().getMetadata().getFieldsOrThrow("WORKLOAD_NAME").getStringValue()).isIn("productpage-v1", "reviews-v1");
        }
        HTTPAccessLogEntry in = collector.messages().stream()
                .filter(message -> message.getIdentifier().getNode().getId().contains("reviews"))
                .findFirst().orElseThrow().getHttpLogs().getLogEntry(0);
        assertThat(in.getProtocolVersion()).isEqualTo(HTTPAccessLogEntry.HTTPVersion.HTTP11);
        assertThat(in.getRequest().getPath()).isEqualTo("/404?x=1");
        assertThat(in.getRequest().getRequestMethodValue()).isEqualTo(1);
        assertThat(in.getRequest().getAuthority()).isEqualTo("reviews:9080");
        assertThat(in.getRequest().getUserAgent()).isEqualTo("curl");
        assertThat(in.getRequest().getRequestId()).hasSize(36);
        assertThat(in.getRequest().getRequestHeadersOrThrow("traceparent")).hasSize(55);
        assertThat(in.getResponse().getResponseCode().getValue()).isEqualTo(404);
        assertThat(in.getResponse().getResponseBodyBytes()).isEqualTo(7);
        assertThat(in.getResponse().getResponseCodeDetails()).isEqualTo("via_upstream");
        assertThat(in.getCommonProperties().getTlsProperties().getPeerCertificateProperties().getSubjectAltName(0).getUri()).isEqualTo(CLIENT);
        assertThat(in.getCommonProperties().getTlsProperties().getLocalCertificateProperties().getSubjectAltName(0).getUri()).isEqualTo(SERVER);
        assertThat(in.getCommonProperties().getTlsProperties().getTlsSniHostname()).isEqualTo("outbound_.9080_._.reviews.prod.svc.cluster.local");
        assertThat(in.getCommonProperties().getUpstreamCluster()).isEqualTo(IN);
        assertThat(in.getCommonProperties().getUpstreamRemoteAddress().getSocketAddress().getPortValue()).isEqualTo(app.port());
        assertThat(in.getCommonProperties().getUpstreamLocalAddress().getSocketAddress().getPortValue()).isPositive();
        assertThat(in.getCommonProperties().getRouteName()).isEqualTo("default");
        assertThat(in.getCommonProperties().getStartTime().getSeconds()).isPositive();
        assertThat(in.getCommonProperties().hasTimeToFirstUpstreamRxByte()).isTrue();
        assertThat(in.getCommonProperties().hasDuration()).isTrue();
        assertThat(in.getCommonProperties().getStreamId()).isEqualTo(in.getRequest().getRequestId());
    }

    @Test
    void flagsAreTold() throws Exception {
        int port = outbound(inbound(null), null);
        try (RawClient raw = new RawClient(port)) {
            raw.send("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n").read();
        }
        await().until(() -> collector.requests().size() == 1);
        assertThat(collector.requests().get(0).getCommonProperties().getResponseFlags().getNoRouteFound()).isTrue();
        assertThat(collector.requests().get(0).getCommonProperties().getResponseFlags().getAllFields()).hasSize(1);
    }

    @Test
    void aCollectorThatIsAwayAffectsNobody_andGetsWhatWaited() throws Exception {
        int there = collector.port();
        collector.close();
        int port = outbound(inbound(null), tracing(TracingResource.Format.OTLP_GRPC, FractionalPercent.ALWAYS));
        for (int i = 0; i < 20; i++) {
            assertThat(get(port, "/").status()).isEqualTo(200);
        }
        collector = new Collector(there);
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(collector.requests()).hasSize(40);
            assertThat(collector.spans()).hasSize(20);
        });
    }

    @Test
    void theStreamIsOpenedAgain() throws Exception {
        int port = outbound(inbound(null), null);
        get(port, "/");
        await().until(() -> collector.requests().size() == 2);
        int there = collector.port();
        collector.close();
        collector = new Collector(there);
        get(port, "/");
        await().atMost(Duration.ofSeconds(20)).until(() -> collector.requests().size() == 2);
        assertThat(collector.messages()).allSatisfy(message -> assertThat(message.hasIdentifier()).isTrue());
    }

    @Test
    void connectionsAreCountedWhileTheyLive_andLoggedWhenTheyEnd() throws Exception {
        TcpProxyResource bytesIn = new TcpProxyResource("in", List.of(new TcpProxyResource.WeightedCluster(IN, 1)), Duration.ZERO, 1, false, List.of(als()));
        server.listener("tcp", Direction.INBOUND, new FilterChain(
                "mtls", FilterChainMatch.ANY, new DownstreamTlsResource(common(List.of("istio"), List.of()), true, false), List.of(bytesIn)));
        outboundCluster(server.engine().listeners().get("tcp").getPort());
        TcpProxyResource bytesOut = new TcpProxyResource("out", List.of(new TcpProxyResource.WeightedCluster(OUT, 1)), Duration.ZERO, 1, false, List.of(als()));
        client.listener("tcp", Direction.OUTBOUND, new FilterChain("tcp", FilterChainMatch.ANY, null, List.of(bytesOut)));
        String request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        try (RawClient raw = new RawClient(client.engine().listeners().get("tcp").getPort())) {
            assertThat(raw.send(request).read().status()).isEqualTo(200);
            for (TestEngine engine : List.of(client, server)) {
                await().untilAsserted(() -> {
                    assertThat(tcp(engine)).containsEntry("istio_tcp_connections_opened_total", 1L);
                    assertThat(tcp(engine)).containsEntry("istio_tcp_received_bytes_total", (long) request.length());
                    assertThat(tcp(engine).get("istio_tcp_sent_bytes_total")).isPositive();
                });
            }
        }
        for (TestEngine engine : List.of(client, server)) {
            await().untilAsserted(() -> assertThat(tcp(engine)).containsEntry("istio_tcp_connections_closed_total", 1L));
        }
        assertThat(client.metrics().counters().keySet()).filteredOn(key -> key.name().equals("istio_tcp_connections_opened_total")).singleElement()
                .satisfies(key -> assertThat(labels(key.labels()))
                        .containsEntry("destination_workload", "reviews-v1")
                        .containsEntry("destination_principal", SERVER)
                        .containsEntry("source_principal", CLIENT)
                        .containsEntry("request_protocol", "tcp")
                        .doesNotContainKeys("response_code", "grpc_response_status"));
        await().until(() -> collector.connections().size() == 2);
        TCPAccessLogEntry entry = collector.connections().get(0);
        assertThat(entry.getConnectionProperties().getReceivedBytes()).isEqualTo(request.length());
        assertThat(entry.getCommonProperties().getUpstreamCluster()).isIn(IN, OUT);
    }

    @Test
    void aConnectionToNobodyIsOpenedAndClosedUnderItsFlag() throws Exception {
        client.cluster(service(OUT, FreePort.next()));
        TcpProxyResource bytes = new TcpProxyResource("out", List.of(new TcpProxyResource.WeightedCluster(OUT, 1)), Duration.ZERO, 1, false, List.of(als()));
        client.listener("tcp", Direction.OUTBOUND, new FilterChain("tcp", FilterChainMatch.ANY, null, List.of(bytes)));
        try (Socket socket = new Socket("127.0.0.1", client.engine().listeners().get("tcp").getPort())) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().untilAsserted(() -> assertThat(tcp(client))
                .containsEntry("istio_tcp_connections_opened_total", 1L)
                .containsEntry("istio_tcp_connections_closed_total", 1L));
        await().until(() -> collector.connections().size() == 1);
        assertThat(collector.connections().get(0).getCommonProperties().getResponseFlags().getUpstreamConnectionFailure()).isTrue();
        assertThat(collector.connections().get(0).getCommonProperties().getUpstreamTransportFailureReason()).isNotEmpty();
    }

    private static Map<String, Long> tcp(TestEngine engine) {
        return engine.metrics().counters().entrySet().stream()
                .filter(entry -> entry.getKey().name().startsWith("istio_tcp_"))
                .collect(Collectors.toMap(entry -> entry.getKey().name(), entry -> entry.getValue().value(), Long::sum));
    }
}
