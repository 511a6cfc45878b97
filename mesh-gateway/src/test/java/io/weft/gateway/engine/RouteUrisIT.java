package io.weft.gateway.engine;

import static io.weft.gateway.engine.RawHttp.get;
import static io.weft.gateway.engine.RawHttp.post;
import static io.weft.gateway.engine.RawHttp.upgrade;
import static io.weft.gateway.engine.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.gateway.springroute.SpringRoutes;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/** What each form of a distributed route's URI leads to; {@code http:}, {@code lb:}, {@code lb:ws:}, {@code forward:} and {@code mesh:} are in {@link SpringRouteIT}. */
@Timeout(60)
class RouteUrisIT {

    @TempDir
    static Path home;

    static ScriptedBackend plain;
    static ScriptedBackend secure;
    static MirrorBackend v1;
    static MirrorBackend v2;
    static ConfigurableApplicationContext gateway;
    static SpringRoutes routes;
    static int http;

    /** Nothing beside a gateway's own. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Nothing {}

    @BeforeAll
    static void start() throws Exception {
        TestCertificate certificate = TestCertificate.make();
        Path trusted = Files.writeString(home.resolve("trusted.pem"), certificate.chainPem());
        plain = new ScriptedBackend();
        secure = new ScriptedBackend(certificate);
        v1 = new MirrorBackend();
        v2 = new MirrorBackend();
        gateway = Gateways.start(
                home, Nothing.class, "--spring.cloud.gateway.server.webflux.httpclient.ssl.trusted-x509-certificates[0]=" + trusted.toUri());
        GatewayProcess process = gateway.getBean(GatewayProcess.class);
        http = process.ports().get("http-port");
        MeshResources.apply(process.engine(), http, process.ports().get("https-port"), plain.port(), null);
        process.engine().applyClusters(List.of(subset("v1", v1), subset("v2", v2)), List.of());
        routes = gateway.getBean(SpringRoutes.class);
    }

    private static String subset(String name) {
        return "outbound|80|" + name + "|backend.default.svc.cluster.local";
    }

    private static ClusterResource subset(String name, MirrorBackend backend) {
        return ClusterResource.of(
                subset(name),
                ClusterResource.Type.STATIC,
                EndpointsResource.of(subset(name), List.of(EndpointsResource.Endpoint.of("127.0.0.1", backend.port()))));
    }

    @AfterAll
    static void stop() {
        // first, as long as the event loops are there that they share with the gateway
        Stream.of(plain, secure).forEach(ScriptedBackend::close);
        Stream.of(v1, v2).forEach(MirrorBackend::close);
        gateway.close();
    }

    private static RawHttp.Answer ask(String request) throws IOException {
        try (RawHttp client = new RawHttp(http)) {
            return client.send(request).answer();
        }
    }

    @Test
    void lbWithASubset_goesToThatSubset_andItsNameIsNoPartOfThePath() throws IOException {
        Routes.apply(
                routes,
                route("one").to("lb://backend:80/v1", subset("v1")).when("Path=/one/**"),
                route("two").to("lb://backend.default.svc.cluster.local:80/v2", subset("v2")).when("Path=/two/**"));
        assertThat(ask(get("/one/a?b=c")).body()).isEqualTo("hello");
        assertThat(v1.takeAsked()).singleElement().satisfies(asked -> {
            assertThat(asked.uri()).isEqualTo("/one/a?b=c");
            assertThat(asked.headers().get("host")).isEqualTo("backend:80");
        });
        assertThat(v2.takeAsked()).isEmpty();
        assertThat(ask(get("/two/a")).body()).isEqualTo("hello");
        assertThat(v2.takeAsked()).singleElement().satisfies(asked -> assertThat(asked.uri()).isEqualTo("/two/a"));
        assertThat(v1.takeAsked()).isEmpty();
    }

    @Test
    void https_isThatHostWithItsCertificateVerified() throws IOException {
        Routes.apply(routes, route("https").to("https://localhost:" + secure.port()).when("Path=/secure/**").with("AddRequestHeader=X-Test,tls"));
        assertThat(ask(get("/secure/a?b=c")).body()).startsWith("GET /secure/a?b=c").contains("x=tls");
        assertThat(ask(post("/secure/b", "hello")).body()).startsWith("POST /secure/b").endsWith("body=5:hello");
    }

    @Test
    void https_whereTheCertificateIsAnothers_isNotAsked() throws IOException {
        Routes.apply(routes, route("other").to("https://127.0.0.1:" + secure.port()).when("Path=/other"));
        int before = secure.calls.get();
        assertThat(ask(get("/other")).status()).isGreaterThanOrEqualTo(500);
        assertThat(secure.calls).hasValue(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "wss"})
    void webSockets_toThatHost(String scheme) throws IOException {
        int port = (scheme.equals("ws") ? plain : secure).port();
        Routes.apply(routes, route("chat").to(scheme + "://localhost:" + port).when("Path=/chat").with("SetPath=/ws"));
        try (RawHttp client = new RawHttp(http)) {
            assertThat(client.send(upgrade("/chat")).head()).startsWith("HTTP/1.1 101");
            client.sendFrame("one");
            assertThat(client.frame()).isEqualTo("echo:one");
            client.sendFrame("two");
            assertThat(client.frame()).isEqualTo("echo:two");
        }
    }
}
