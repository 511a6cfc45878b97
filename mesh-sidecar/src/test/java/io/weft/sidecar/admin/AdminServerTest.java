package io.weft.sidecar.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.weft.sidecar.cluster.ClusterView;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.testing.AdminClient;
import io.weft.sidecar.xds.RawResource;
import io.weft.sidecar.xds.ResourceKind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;

class AdminServerTest {
    private final LoopResources loops = LoopResources.create("test", 1, true);
    private final State state = new State();
    private AdminServer server;
    private int port;

    private static final class State implements AdminView {
        volatile String notReady = "";
        volatile Map<String, String> info = Map.of("part", "reviews-v1");
        final EngineMetrics metrics = new EngineMetrics();

        @Override
        public String notReady() {
            return notReady;
        }

        @Override
        public boolean draining() {
            return false;
        }

        @Override
        public List<ClusterView> clusters() {
            return List.of();
        }

        @Override
        public Map<String, InetSocketAddress> listeners() {
            return Map.of("http_proxy", new InetSocketAddress("127.0.0.1", 4711));
        }

        @Override
        public Map<ResourceKind, List<RawResource>> staticResources() {
            return Map.of();
        }

        @Override
        public Map<ResourceKind, List<RawResource>> dynamicResources() {
            Secret secret = Secret.newBuilder()
                    .setName("kubernetes://edge")
                    .setTlsCertificate(TlsCertificate.newBuilder()
                            .setCertificateChain(DataSource.newBuilder().setInlineString("the chain"))
                            .setPrivateKey(DataSource.newBuilder().setInlineString("the key")))
                    .build();
            Listener listener = Listener.newBuilder()
                    .setName("edge")
                    .addFilterChains(FilterChain.newBuilder()
                            .setTransportSocket(TransportSocket.newBuilder()
                                    .setTypedConfig(Any.pack(DownstreamTlsContext.newBuilder()
                                            .setCommonTlsContext(CommonTlsContext.newBuilder()
                                                    .addTlsCertificates(TlsCertificate.newBuilder()
                                                            .setPrivateKey(DataSource.newBuilder()
                                                                    .setInlineBytes(ByteString.copyFromUtf8("the inline key"))))
                                                    .addTlsCertificates(TlsCertificate.newBuilder()
                                                            .setPrivateKey(DataSource.newBuilder().setFilename("/run/key.pem"))))
                                            .build()))))
                    .build();
            return Map.of(
                    ResourceKind.SECRET, List.of(new RawResource("kubernetes://edge", "42", Any.pack(secret))),
                    ResourceKind.LISTENER, List.of(new RawResource("edge", "43", Any.pack(listener))));
        }

        @Override
        public EngineMetrics metrics() {
            return metrics;
        }

        @Override
        public Map<String, String> info() {
            return info;
        }
    }

    @BeforeEach
    void start() {
        server = AdminServer.start("127.0.0.1", 0, loops, Runnable::run, state);
        port = server.address().getPort();
    }

    @AfterEach
    void stop() {
        server.close();
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
    }

    @Test
    void ready_saysWhatIsMissing() {
        assertThat(AdminClient.get(port, "/ready")).startsWith("HTTP/1.1 200").endsWith("LIVE\n");
        state.notReady = "listeners from mesh-pilot";
        assertThat(AdminClient.get(port, "/ready")).startsWith("HTTP/1.1 503").contains("waiting for listeners from mesh-pilot");
        assertThat(AdminClient.get(port, "/actuator/health")).startsWith("HTTP/1.1 503").contains("\"OUT_OF_SERVICE\"");
        assertThat(AdminClient.get(port, "/actuator/health/liveness")).startsWith("HTTP/1.1 200").contains("\"UP\"");
    }

    @Test
    void configDump_showsVersionsAndNoKeys() {
        String dump = AdminClient.get(port, "/config_dump");
        assertThat(dump).startsWith("HTTP/1.1 200").contains("\"version_info\": \"42\"").contains("[redacted]").doesNotContain("the key");
        assertThat(dump)
                .contains("the chain")
                .contains("/run/key.pem")
                .doesNotContain(Base64.getEncoder().encodeToString("the inline key".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void prometheus_hasEngineAndJvm() {
        state.metrics.counter(MetricKey.of("envoy_cluster_upstream_rq_total", "envoy_cluster_name", "a\"b")).add(3);
        state.metrics.histogram(MetricKey.of("took", "x", "y")).record(7);
        for (String path : List.of("/stats/prometheus", "/actuator/prometheus")) {
            assertThat(AdminClient.get(port, path))
                    .contains("# TYPE envoy_cluster_upstream_rq_total counter")
                    .contains("envoy_cluster_upstream_rq_total{envoy_cluster_name=\"a\\\"b\"} 3\n")
                    .contains("took_bucket{x=\"y\",le=\"5\"} 0\n")
                    .contains("took_bucket{x=\"y\",le=\"10\"} 1\n")
                    .contains("took_bucket{x=\"y\",le=\"+Inf\"} 1\n")
                    .contains("jvm_memory_used_bytes{area=\"heap\"");
        }
    }

    @Test
    void headIsGetWithoutTheBody() {
        String whole = AdminClient.get(port, "/actuator");
        String head = AdminClient.ask(port, "HEAD", "/actuator", "localhost");

        assertThat(whole).startsWith(head);
        assertThat(head).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n").doesNotContain("content-length: 0");
        assertThat(AdminClient.ask(port, "HEAD", "/nowhere", "localhost")).startsWith("HTTP/1.1 404");
        assertThat(AdminClient.ask(port, "HEAD", "/ready", "evil.example.com")).startsWith("HTTP/1.1 403");
    }

    @Test
    void whatThereIsIsListedAsByActuator() {
        String page = AdminClient.get(port, "/actuator");
        assertThat(page).contains("content-type: application/vnd.spring-boot.actuator.v3+json");
        JsonObject links = JsonParser.parseString(page.substring(page.indexOf("\r\n\r\n"))).getAsJsonObject().getAsJsonObject("_links");

        assertThat(links.keySet()).containsExactly("self", "health", "info", "prometheus", "health-path");
        for (String endpoint : List.of("self", "health", "info", "prometheus")) {
            String href = links.getAsJsonObject(endpoint).get("href").getAsString();
            assertThat(AdminClient.get(port, href)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void onlyGet_onlyLoopbackNames() {
        assertThat(AdminClient.ask(port, "POST", "/ready", "localhost")).startsWith("HTTP/1.1 405").contains("allow: GET, HEAD");
        assertThat(AdminClient.ask(port, "GET", "/ready", "evil.example.com")).startsWith("HTTP/1.1 403");
        assertThat(AdminClient.ask(port, "GET", "/ready", "127.0.0.1.evil.example.com")).startsWith("HTTP/1.1 403");
        assertThat(AdminClient.ask(port, "GET", "/ready", "localhost\r\nHost: evil")).startsWith("HTTP/1.1 403");
        assertThat(AdminClient.ask(port, "GET", "/ready", "[::1]:80")).startsWith("HTTP/1.1 200");
        assertThat(AdminClient.get(port, "/quitquitquit")).startsWith("HTTP/1.1 404");
        assertThat(AdminClient.get(port, "/" + "x".repeat(5000))).startsWith("HTTP/1.1 400");
    }

    @Test
    void whoIsSlow_losesItsPlace_aReaderToo_howeverManyBytesItSends() throws IOException {
        AdminServer.Limits limits = new AdminServer.Limits(1, Duration.ofMillis(300), Duration.ofMillis(300));
        state.info = Map.of("long", "x".repeat(32 * 1024 * 1024));
        try (AdminServer small = AdminServer.start("127.0.0.1", 0, limits, loops, Runnable::run, state);
                Socket writer = new Socket("127.0.0.1", small.address().getPort())) {
            writer.setSoTimeout(10_000);
            assertThat(drip(writer, "GET /")).startsWith("HTTP/1.1 408");
            await().ignoreExceptions().until(() -> AdminClient.get(small.address().getPort(), "/ready").startsWith("HTTP/1.1 200"));
            try (Socket reader = new Socket("127.0.0.1", small.address().getPort())) {
                reader.getOutputStream().write("GET /server_info HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                await().until(() -> reader.getInputStream().available() > 0);
                await().until(() -> isGone(reader));
                await("its place is free")
                        .ignoreExceptions()
                        .until(() -> AdminClient.get(small.address().getPort(), "/ready").startsWith("HTTP/1.1 200"));
            }
        }
    }

    /** Sends a byte now and then for as long as it may; returns the answer. */
    private static String drip(Socket socket, String start) throws IOException {
        socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
        await().pollInterval(Duration.ofMillis(50)).until(() -> {
            if (socket.getInputStream().available() == 0) {
                socket.getOutputStream().write('x');
            }
            return socket.getInputStream().available() > 0;
        });
        return new String(socket.getInputStream().readNBytes(socket.getInputStream().available()), StandardCharsets.UTF_8);
    }

    private static boolean isGone(Socket socket) {
        try {
            socket.getOutputStream().write('x');
            return false;
        } catch (IOException closed) {
            return true;
        }
    }

    @Test
    void infoAndListeners() {
        assertThat(AdminClient.get(port, "/actuator/info")).contains("\"part\": \"reviews-v1\"").contains("\"state\": \"LIVE\"");
        assertThat(AdminClient.get(port, "/listeners")).contains("http_proxy::127.0.0.1:4711");
    }
}
