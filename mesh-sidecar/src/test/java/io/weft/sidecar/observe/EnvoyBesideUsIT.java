package io.weft.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.proto.trace.v1.Span;
import io.weft.sidecar.resource.AccessLogResource;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.FractionalPercent;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.ListenerResource.Direction;
import io.weft.sidecar.resource.ListenerResource.FilterChain;
import io.weft.sidecar.resource.ListenerResource.FilterChainMatch;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.TracingResource;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.testing.Collector;
import io.weft.sidecar.testing.FreePort;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.TestEngine;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An Envoy in front of our proxy, both reporting to the same collector: one trace, two logs that agree. */
class EnvoyBesideUsIT {
    private static final TracingResource.Exporter EXPORTER =
            new TracingResource.Exporter(TracingResource.Format.OTLP_GRPC, "collector", "collector", "", "ours", Duration.ofSeconds(5));

    @TempDir
    private Path folder;

    private static boolean listens(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static String cluster(String name, int port, boolean http2) {
        String options = "'typed_extension_protocol_options':{'envoy.extensions.upstreams.http.v3.HttpProtocolOptions':{"
                + "'@type':'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions','explicit_http_config':{'http2_protocol_options':{}}}},";
        return "{'name':'" + name + "','type':'STATIC'," + (http2 ? options : "") + "'load_assignment':{'cluster_name':'" + name
                + "','endpoints':[{'lb_endpoints':[{'endpoint':{'address':{'socket_address':{'address':'127.0.0.1','port_value':" + port + "}}}}]}]}}";
    }

    private Path bootstrap(int front, int ours, int collector) throws IOException {
        String json = "{'node':{'id':'envoy','cluster':'edge'},'static_resources':{'listeners':[{'name':'l','address':{'socket_address':{'address':'127.0.0.1',"
                + "'port_value':" + front + "}},'filter_chains':[{'filters':[{'name':'hcm','typed_config':{"
                + "'@type':'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager','stat_prefix':'in',"
                + "'tracing':{'provider':{'name':'envoy.tracers.opentelemetry','typed_config':{'@type':'type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig',"
                + "'service_name':'envoy','grpc_service':{'envoy_grpc':{'cluster_name':'collector'}}}}},"
                + "'access_log':[{'name':'als','typed_config':{'@type':'type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig',"
                + "'common_config':{'log_name':'envoy','transport_api_version':'V3','buffer_size_bytes':0,'grpc_service':{'envoy_grpc':{'cluster_name':'collector'}}}}}],"
                + "'route_config':{'virtual_hosts':[{'name':'a','domains':['*'],'routes':[{'match':{'prefix':'/'},'route':{'cluster':'ours'}}]}]},"
                + "'http_filters':[{'name':'router','typed_config':{'@type':'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router'}}]}}]}]}],"
                + "'clusters':[" + cluster("ours", ours, false) + "," + cluster("collector", collector, true) + "]}}";
        return Files.writeString(folder.resolve("envoy.json"), json.replace('\'', '"'));
    }

    private static HttpManagerResource inbound() {
        RouteConfigResource routes = RouteConfigResource.of(
                "in", List.of(VirtualHostResource.of("in", List.of("*"), List.of(RouteResource.of("default", Match.prefix("/"), Forward.to("app"))))));
        HttpManagerResource m = HttpManagerResource.of("in", routes, null, List.of());
        return new HttpManagerResource(
                m.statPrefix(), m.codec(), m.routeConfig(), null, m.filters(), m.pathNormalization(), m.forwardClientCert(),
                m.forwardClientCertDetails(), false, 0, false, true, false, m.serverHeader(), "weft", m.underscoreHeaders(),
                m.requestTimeout(), m.requestHeadersTimeout(), m.streamIdleTimeout(), m.idleTimeout(), m.maxConnectionDuration(),
                m.maxStreamDuration(), 0, m.drainTimeout(), 0, 0, m.upgradeTypes(), false, false, m.http2(),
                List.of(new AccessLogResource(
                        new AccessLogResource.Stream("collector", "collector", "ours", 0, Duration.ofMillis(50), List.of(), List.of()), null)),
                new TracingResource(EXPORTER, FractionalPercent.NEVER, FractionalPercent.NEVER, FractionalPercent.ALWAYS, 256, List.of()));
    }

    @Test
    void oneTraceAndTwoLogsThatAgree_andAPlaintextPeerIsNotBelieved() throws Exception {
        Assumptions.assumeTrue(
                Stream.of(System.getenv("PATH").split(":")).anyMatch(dir -> Files.isExecutable(Path.of(dir, "envoy"))),
                "skipped: no envoy on the PATH");
        int front = FreePort.next();
        try (Collector collector = new Collector(); RawBackend app = RawBackend.text("hello"); TestEngine ours = new TestEngine()) {
            ours.cluster("app", app.port());
            ours.cluster(ClusterResource.of("collector", ClusterResource.Type.STATIC, TestEngine.endpoints("collector", collector.port()))
                    .withHttp(ClusterResource.HttpProtocol.HTTP2));
            ours.listener("in", Direction.INBOUND, new FilterChain("in", FilterChainMatch.ANY, null, List.of(inbound())));
            Path file = bootstrap(front, ours.engine().listeners().get("in").getPort(), collector.port());
            Process envoy = new ProcessBuilder("envoy", "-c", file.toString(), "--concurrency", "1", "-l", "warn", "--disable-hot-restart")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("envoy.log").toFile())
                    .start();
            try {
                await().atMost(Duration.ofSeconds(30)).until(() -> listens(front));
                try (RawClient client = new RawClient(front)) {
                    assertThat(client.send("GET /x HTTP/1.1\r\nHost: books\r\nx-envoy-peer-metadata: bGll\r\n\r\n").read().status()).isEqualTo(200);
                }
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                    assertThat(collector.spans()).hasSize(2);
                    assertThat(collector.requests()).hasSize(2);
                });
                Span theirs = collector.spans().stream().filter(seen -> seen.span().getParentSpanId().isEmpty()).findFirst().orElseThrow().span();
                Span own = collector.spans().stream().filter(seen -> seen.service().equals("ours")).findFirst().orElseThrow().span();
                assertThat(own.getTraceId()).isEqualTo(theirs.getTraceId());
                assertThat(own.getParentSpanId()).isEqualTo(theirs.getSpanId());
                assertThat(own.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
                assertThat(collector.requests()).allSatisfy(entry -> {
                    assertThat(entry.getRequest().getPath()).isEqualTo("/x");
                    assertThat(entry.getRequest().getRequestMethodValue()).isEqualTo(1);
                    assertThat(entry.getProtocolVersionValue()).isEqualTo(2);
                    assertThat(entry.getRequest().getRequestId()).isEqualTo(collector.requests().get(0).getRequest().getRequestId());
                    assertThat(entry.getResponse().getResponseCode().getValue()).isEqualTo(200);
                    assertThat(entry.getResponse().getResponseBodyBytes()).isEqualTo(5);
                    assertThat(entry.getResponse().getResponseCodeDetails()).isEqualTo("via_upstream");
                    assertThat(entry.getCommonProperties().hasUpstreamRemoteAddress()).isTrue();
                    assertThat(entry.getCommonProperties().hasDownstreamRemoteAddress()).isTrue();
                });
                assertThat(app.heads()).singleElement().asString().doesNotContainIgnoringCase("peer-metadata");
                assertThat(ours.metrics().counters().keySet()).filteredOn(key -> key.name().equals("istio_requests_total")).singleElement()
                        .satisfies(key -> assertThat(key.labels()).contains("none").containsSequence("source_workload", "unknown"));
            } finally {
                envoy.destroy();
                if (!envoy.waitFor(10, TimeUnit.SECONDS)) {
                    envoy.destroyForcibly();
                }
            }
        }
    }
}
