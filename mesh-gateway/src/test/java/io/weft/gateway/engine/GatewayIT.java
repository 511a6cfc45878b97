package io.weft.gateway.engine;

import static io.weft.gateway.engine.RawHttp.get;
import static io.weft.gateway.engine.RawHttp.post;
import static io.weft.gateway.engine.RawHttp.upgrade;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.weft.sidecar.listener.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.web.server.WebFilter;

/** The whole gateway, with the engine fed by hand instead of by a control plane. */
@Timeout(60)
class GatewayIT {

    @TempDir
    static Path home;

    static final AtomicInteger webFluxCalls = new AtomicInteger();

    static Backend backend;
    static ConfigurableApplicationContext gateway;
    static Engine engine;
    static int http;
    static int https;
    static int actuator;

    /** What a user of Spring Cloud Gateway would add. */
    @TestConfiguration(proxyBeanMethods = false)
    static class OwnRoutes {
        @Bean
        RouteLocator routes(RouteLocatorBuilder routes, Environment environment) {
            return routes.routes()
                    .route(route -> route.path("/spring/**").uri("http://127.0.0.1:" + environment.getProperty("backend")))
                    .build();
        }

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        WebFilter counting() {
            return (exchange, chain) -> {
                webFluxCalls.incrementAndGet();
                return chain.filter(exchange);
            };
        }
    }

    @BeforeAll
    static void start() throws Exception {
        backend = new Backend();
        gateway = Gateways.start(home, OwnRoutes.class, "--backend=" + backend.port());
        actuator = Integer.parseInt(gateway.getEnvironment().getProperty("local.server.port"));
        GatewayProcess process = gateway.getBean(GatewayProcess.class);
        engine = process.engine();
        http = process.ports().get("http-port");
        https = process.ports().get("https-port");
        MeshResources.apply(engine, http, https, backend.port(), TestCertificate.make());
    }

    @AfterAll
    static void stop() {
        // first, as long as the event loops are there that it shares with the gateway
        backend.close();
        gateway.close();
    }

    @Test
    void meshRoutesAndSpringRoutesShareAConnection_andWebFluxSeesOnlyItsOwn() throws IOException {
        int before = webFluxCalls.get();
        try (RawHttp client = new RawHttp(http)) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.send(get("/mesh/" + i)).ok()).isEqualTo("backend:GET /mesh/" + i + ":");
                assertThat(client.send(get("/direct")).ok()).isEqualTo("direct");
                assertThat(webFluxCalls).hasValue(before + i);
                assertThat(client.send(get("/spring/" + i)).ok()).isEqualTo("backend:GET /spring/" + i + ":");
            }
        }
        assertThat(webFluxCalls).hasValue(before + 5);
    }

    @Test
    void pipelinedRequestsComeBackInOrder() throws IOException {
        try (RawHttp client = new RawHttp(http)) {
            client.send(get("/spring/slow") + get("/mesh/1") + post("/mesh/slow", "body") + post("/spring/2", "more") + get("/nowhere")
                    + get("/direct"));
            assertThat(client.ok()).isEqualTo("backend:GET /spring/slow:");
            assertThat(client.ok()).isEqualTo("backend:GET /mesh/1:");
            assertThat(client.ok()).isEqualTo("backend:POST /mesh/slow:body");
            assertThat(client.ok()).isEqualTo("backend:POST /spring/2:more");
            assertThat(client.answer().status()).isEqualTo(404);
            assertThat(client.ok()).isEqualTo("direct");
        }
    }

    @Test
    void bigBodiesAndContinue_bothWays() throws IOException {
        String big = "x".repeat(300_000);
        try (RawHttp client = new RawHttp(http)) {
            assertThat(client.send(post("/mesh/big", big)).ok()).endsWith(":" + big);
            assertThat(client.send(post("/spring/big", big)).ok()).endsWith(":" + big);
            for (String path : new String[] {"/mesh/c", "/spring/c"}) {
                client.send("POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
                assertThat(client.head()).startsWith("HTTP/1.1 100");
                assertThat(client.send("hi").ok()).endsWith(":hi");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/mesh/ws", "/spring/ws"})
    void webSocketsBothWays(String path) throws IOException {
        try (RawHttp client = new RawHttp(http)) {
            assertThat(client.send(get("/direct")).ok()).isEqualTo("direct");
            assertThat(client.send(upgrade(path)).head()).startsWith("HTTP/1.1 101");
            for (String word : new String[] {"one", "two"}) {
                client.sendFrame(word);
                assertThat(client.frame()).isEqualTo("echo:" + word);
            }
        }
        Drain drain = gateway.getBean(Drain.class);
        await().untilAsserted(() -> assertThat(drain.open()).isZero());
    }

    @Test
    void connectionCloseIsKept_bothWays() throws IOException {
        for (String path : new String[] {"/mesh/x", "/spring/x"}) {
            try (RawHttp client = new RawHttp(http)) {
                client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                assertThat(client.ok()).isEqualTo("backend:GET " + path + ":");
                assertThat(client.rest()).isEmpty();
            }
        }
    }

    @Test
    void noRouteAnywhereIs404() throws IOException {
        try (RawHttp client = new RawHttp(http)) {
            assertThat(client.send(get("/nowhere")).answer().status()).isEqualTo(404);
            assertThat(client.send(get("/direct")).ok()).isEqualTo("direct");
        }
    }

    @Test
    void actuatorIsOnItsOwnPortOnly_andThatPortHasNothingElse() throws IOException {
        try (RawHttp listener = new RawHttp(http);
                RawHttp own = new RawHttp(actuator)) {
            assertThat(listener.send(get("/actuator/health")).answer().status()).isEqualTo(404);
            assertThat(listener.send(get("/%61ctuator/health")).answer().status()).isEqualTo(404);
            assertThat(own.send(get("/actuator/health/liveness")).answer().status()).isEqualTo(200);
            assertThat(own.send(get("/spring/x")).answer().status()).isEqualTo(404);
            assertThat(own.send(get("/direct")).answer().status()).isEqualTo(404);
            assertThat(own.send(get("/actuator/gateway/routes")).ok()).contains("/spring/**");
            assertThat(own.send("POST /actuator/gateway/refresh HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                            .answer()
                            .status())
                    .isIn(404, 405);
        }
    }

    @Test
    void notReadyUntilItHasIdentityAndConfiguration_andSaysSo() throws IOException {
        try (RawHttp own = new RawHttp(actuator)) {
            RawHttp.Answer readiness = own.send(get("/actuator/health/readiness")).answer();
            assertThat(readiness.status()).isEqualTo(503);
            assertThat(readiness.body())
                    .contains("waiting for the mesh's root certificate at " + home)
                    .contains("\"controlPlane\":\"127.0.0.1:15012\"");
        }
    }

    @Test
    void enginesCountersAreScraped() throws IOException {
        try (RawHttp client = new RawHttp(http);
                RawHttp own = new RawHttp(actuator)) {
            client.send(get("/mesh/counted")).ok();
            assertThat(own.send(get("/actuator/prometheus")).ok())
                    .containsPattern("istio_requests_total\\{[^}]*destination_service=\"backend.default.svc.cluster.local\"[^}]*} [1-9]")
                    .contains("jvm_memory_used_bytes");
        }
    }

    @Test
    void streamsOfACleartextHttp2Connection_goBothWays() {
        try (Http2Client client = new Http2Client(http, null)) {
            bothWays(client);
        }
    }

    @Test
    void streamsOfATlsHttp2Connection_goBothWays() throws Exception {
        SslContext tls = SslContextBuilder.forClient()
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .applicationProtocolConfig(PipelineServer.alpn())
                .build();
        try (Http2Client client = new Http2Client(https, tls)) {
            bothWays(client);
        }
    }

    private static void bothWays(Http2Client client) {
        int before = webFluxCalls.get();
        Http2Client.Answer slow = client.get("/spring/slow");
        Http2Client.Answer posted = client.post("/mesh/p", "x".repeat(100_000));
        for (int i = 0; i < 10; i++) {
            assertThat(client.get("/mesh/" + i).get()).isEqualTo("backend:GET /mesh/" + i + ":");
            assertThat(client.post("/spring/" + i, "b").get()).isEqualTo("backend:POST /spring/" + i + ":b");
        }
        assertThat(slow.get()).isEqualTo("backend:GET /spring/slow:");
        assertThat(posted.get()).hasSizeGreaterThan(100_000);
        Http2Client.Answer nowhere = client.get("/nowhere");
        nowhere.get();
        assertThat(nowhere.status()).isEqualTo("404");
        assertThat(webFluxCalls).hasValue(before + 12);
    }

    @Test
    void http1OverTls_goesBothWays() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAnybody()}, new SecureRandom());
        try (RawHttp client = new RawHttp(context.getSocketFactory().createSocket("127.0.0.1", https))) {
            assertThat(client.send(get("/mesh/tls")).ok()).isEqualTo("backend:GET /mesh/tls:");
            assertThat(client.send(get("/spring/tls")).ok()).isEqualTo("backend:GET /spring/tls:");
            assertThat(client.send(upgrade("/spring/ws")).head()).startsWith("HTTP/1.1 101");
            client.sendFrame("tls");
            assertThat(client.frame()).isEqualTo("echo:tls");
        }
    }

    @Test
    void badRequestsAreRefusedBeforeSpring() throws IOException {
        int before = webFluxCalls.get();
        try (RawHttp client = new RawHttp(http)) {
            client.send("GET /spring/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + get("/spring/smuggled"));
            assertThat(client.answer().status()).isEqualTo(400);
            assertThat(client.rest()).isEmpty();
        }
        assertThat(webFluxCalls).hasValue(before);
    }

    @Test
    void aListenerOfBytes_hasNothingOfReactorsInItsWay() throws IOException {
        assertThat(engine.applyListeners(List.of(MeshResources.bytes(0)), List.of())).isEmpty();
        int port = engine.listeners().get("bytes").getPort();
        try (RawHttp client = new RawHttp(port)) {
            assertThat(client.send(get("/through")).ok()).isEqualTo("backend:GET /through:");
            assertThat(client.send(get("/again")).ok()).isEqualTo("backend:GET /again:");
        }
    }

    @Test
    void connectionsAtRestEndAfterTheirIdleTime_butNoWebSocketDoes() throws IOException {
        assertThat(engine.applyListeners(List.of(MeshResources.idle(Duration.ofMillis(300))), List.of()))
                .isEmpty();
        int port = engine.listeners().get("idle").getPort();
        for (String path : new String[] {"/mesh/x", "/spring/x"}) {
            try (RawHttp client = new RawHttp(port)) {
                client.send(get(path)).ok();
                assertThat(client.rest()).isEmpty();
            }
        }
        try (RawHttp client = new RawHttp(port)) {
            client.send(upgrade("/spring/ws")).head();
            await().pollDelay(Duration.ofMillis(900)).until(() -> true);
            client.sendFrame("still");
            assertThat(client.frame()).isEqualTo("echo:still");
        }
    }

    /** The server's certificate is not what is tested here. */
    private static final class TrustsAnybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
