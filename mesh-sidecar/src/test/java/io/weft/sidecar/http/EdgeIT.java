package io.weft.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.FilterOverrides;
import io.weft.sidecar.resource.FractionalPercent;
import io.weft.sidecar.resource.HeaderOperations;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.HostRewrite;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.RouteResource.Target;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.TestEngine;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeIT {
    private TestEngine engine;
    private RawBackend app;

    @BeforeEach
    void start() throws Exception {
        engine = new TestEngine();
        app = RawBackend.text("app");
        engine.cluster("app", app.port());
    }

    @AfterEach
    void stop() throws Exception {
        engine.close();
        app.close();
    }

    private static HttpManagerResource edge(HttpManagerResource m) {
        return new HttpManagerResource(
                m.statPrefix(), m.codec(), m.routeConfig(), null, m.filters(), m.pathNormalization(), m.forwardClientCert(),
                m.forwardClientCertDetails(), true, 0, false, true, false, m.serverHeader(), "weft",
                HttpManagerResource.UnderscoreHeaders.REJECT_REQUEST, m.requestTimeout(), m.requestHeadersTimeout(), m.streamIdleTimeout(),
                m.idleTimeout(), m.maxConnectionDuration(), m.maxStreamDuration(), 0, m.drainTimeout(), 0, 0, m.upgradeTypes(), false,
                false, m.http2(), List.of());
    }

    private int edge() {
        return engine.listen(
                EdgeIT::edge,
                List.of(),
                VirtualHostResource.of("all", List.of("*"), List.of(RouteResource.of("r", Match.prefix("/"), Forward.to("app")))));
    }

    private static RawClient.Response send(int port, String request) throws Exception {
        try (RawClient client = new RawClient(port)) {
            return client.send(request).read();
        }
    }

    @Test
    void whatAStrangerSaysAboutItselfIsReplaced() throws Exception {
        int port = edge();
        send(port, "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\n"
                + "Forwarded: for=1.2.3.4\r\nX-Envoy-Retry-On: 5xx\r\nX-Envoy-Internal: true\r\nX-Forwarded-Client-Cert: URI=admin\r\n"
                + "X-Request-Id: mine\r\n\r\n");
        String seen = app.heads().get(0).toLowerCase(Locale.ROOT);
        assertThat(seen)
                .contains("x-forwarded-for: 127.0.0.1\r\n", "x-forwarded-proto: http\r\n")
                .doesNotContain("1.2.3.4", "evil", "x-envoy-retry", "x-envoy-internal", "client-cert", "x-request-id: mine");
        assertThat(send(port, "GET / HTTP/1.1\r\nHost: x\r\nx_forwarded_for: 1\r\n\r\n").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n",
        "GET / HTTP/9.1\r\nHost: a\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET / HTTP/1.1\nHost: a\n\n"
    })
    void whatIsNotStrictHttpIsRefused_andForwardedNowhere(String request) throws Exception {
        try (RawClient client = new RawClient(edge())) {
            RawClient.Response answer = client.send(request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n").read();
            assertThat(answer.status()).isEqualTo(400);
            if (!request.contains("%00")) {
                assertThat(client.closed()).isTrue();
            }
        }
        assertThat(app.heads()).noneMatch(head -> !head.startsWith("GET /smuggled") || !request.contains("%00"));
    }

    @Test
    void aBadChunkAfterTheHeadWasForwarded_endsBothConnections() throws Exception {
        RawBackend reader = new RawBackend((head, in, out) -> {
            RawBackend.body(head, in);
            return false;
        });
        try (reader) {
            engine.cluster("app", reader.port());
            try (RawClient client = new RawClient(edge())) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
                await().until(() -> reader.heads().size() == 1);
                assertThat(client.send("zz\r\n").read().status()).isEqualTo(400);
                assertThat(client.closed()).isTrue();
            }
            await().until(() -> engine.engine().clusters().get(0).endpoints().get(0).activeConnections() == 0);
        }
    }

    @Test
    void headersAreEditedAndHostAndPathRewritten() throws Exception {
        HeaderOperations request = new HeaderOperations(
                List.of(
                        new HeaderOperations.Add("x-from", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %REQ(x-a)%%%", HeaderOperations.Action.OVERWRITE_IF_EXISTS_OR_ADD, false),
                        new HeaderOperations.Add("x-a", "2", HeaderOperations.Action.APPEND_IF_EXISTS_OR_ADD, false)),
                List.of("x-gone"));
        HeaderOperations response = new HeaderOperations(
                List.of(new HeaderOperations.Add("x-status", "%RESPONSE_CODE%", HeaderOperations.Action.OVERWRITE_IF_EXISTS_OR_ADD, false)),
                List.of("content-type"));
        Forward to = new Forward(
                new Target.Cluster("app"), null, null, null, null, null, "/new", null, new HostRewrite("other.example", false, null),
                false, null, List.of(), Map.of(), 503);
        int port = engine.listen(new RouteResource("r", Match.prefix("/old"), to, request, response, FilterOverrides.NONE));
        RawClient.Response answer = send(port, "GET /old/x?y HTTP/1.1\r\nHost: x\r\nX-Gone: 1\r\nX-A: 1\r\n\r\n");
        assertThat(answer.header("x-status")).isEqualTo("200");
        String seen = app.heads().get(0).toLowerCase(Locale.ROOT);
        assertThat(seen)
                .startsWith("get /new/x?y http/1.1\r\n")
                .contains("host: other.example\r\n", "x-from: 127.0.0.1 1%\r\n", "x-a: 1\r\n", "x-a: 2\r\n", "x-envoy-original-path: /old/x?y\r\n")
                .doesNotContain("x-gone");
    }

    @Test
    void redirectsAndDirectResponsesNeedNoApp() throws Exception {
        int port = engine.listen(
                RouteResource.of("d", Match.exact("/teapot"), new RouteResource.DirectResponse(418, "short and stout")),
                RouteResource.of("r", Match.prefix("/"), new RouteResource.Redirect("https", null, 0, null, null, null, 308, false)));
        RawClient.Response teapot = send(port, "GET /teapot HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(teapot.status()).isEqualTo(418);
        assertThat(teapot.body()).isEqualTo("short and stout");
        RawClient.Response moved = send(port, "GET /a?b HTTP/1.1\r\nHost: x:80\r\n\r\n");
        assertThat(moved.status()).isEqualTo(308);
        assertThat(moved.header("location")).isEqualTo("https://x/a?b");
    }

    @Test
    void aMirrorGetsACopy_andItsAnswerDoesNotMatter() throws Exception {
        List<String> bodies = new CopyOnWriteArrayList<>();
        try (RawBackend shadow = new RawBackend((head, in, out) -> {
            bodies.add(new String(RawBackend.body(head, in)));
            out.write("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n".getBytes());
            return true;
        })) {
            engine.cluster("shadow", shadow.port());
            Forward to = new Forward(
                    new Target.Cluster("app"), null, null, null, null, null, null, null, null, false,
                    List.of(new RouteResource.Mirror("shadow", FractionalPercent.ALWAYS, true)), List.of(), Map.of(), 503);
            int port = engine.listen(RouteResource.of("r", Match.prefix("/"), to));
            assertThat(send(port, "POST / HTTP/1.1\r\nHost: x:1\r\nContent-Length: 4\r\n\r\ncopy").status()).isEqualTo(200);
            await().until(() -> bodies.size() == 1);
            assertThat(bodies).containsExactly("copy");
            assertThat(shadow.heads().get(0)).contains("x-shadow:1");
        }
    }

    private int forwardProxy() {
        engine.cluster(ClusterResource.of("PassthroughCluster", ClusterResource.Type.DYNAMIC_FORWARD_PROXY, null));
        return engine.listen(RouteResource.of("any", Match.prefix("/"), Forward.to("PassthroughCluster")));
    }

    @Test
    void aForwardProxyGoesWhereTheRequestSays_inAbsoluteFormToo() throws Exception {
        int port = forwardProxy();
        String authority = "127.0.0.1:" + app.port();
        assertThat(send(port, "GET http://" + authority + "/a HTTP/1.1\r\nHost: other\r\n\r\n").body()).isEqualTo("app");
        assertThat(send(port, "GET /b HTTP/1.1\r\nHost: localhost:" + app.port() + "\r\n\r\n").body()).isEqualTo("app");
        assertThat(app.heads().get(0)).startsWith("GET /a HTTP/1.1\r\n").contains(authority);
    }

    @Test
    void aForwardProxyDoesNotCallItself() throws Exception {
        int port = forwardProxy();
        assertThat(send(port, "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n").status()).isEqualTo(503);
        assertThat(engine.log()).hasSize(1);
    }

    @Test
    void aNameInAClusterIsResolved() throws Exception {
        EndpointsResource endpoints = EndpointsResource.of("dns", List.of(EndpointsResource.Endpoint.of("localhost", app.port())));
        engine.cluster(ClusterResource.of("dns", ClusterResource.Type.STRICT_DNS, endpoints));
        int port = engine.listen(RouteResource.of("r", Match.prefix("/"), Forward.to("dns")));
        await().until(() -> !engine.engine().clusters().stream().filter(c -> c.resource().name().equals("dns")).findFirst().orElseThrow().endpoints().isEmpty());
        assertThat(send(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").body()).isEqualTo("app");
    }

    @Test
    void aHeadThatNeverEndsIsAnswered408() throws Exception {
        int port = engine.listen(
                m -> {
                    HttpManagerResource e = edge(m);
                    return new HttpManagerResource(
                            e.statPrefix(), e.codec(), e.routeConfig(), null, e.filters(), e.pathNormalization(), e.forwardClientCert(),
                            e.forwardClientCertDetails(), true, 0, false, true, false, e.serverHeader(), "weft", e.underscoreHeaders(),
                            e.requestTimeout(), Duration.ofMillis(200), e.streamIdleTimeout(), e.idleTimeout(), e.maxConnectionDuration(),
                            e.maxStreamDuration(), 0, e.drainTimeout(), 0, 0, e.upgradeTypes(), false, false, e.http2(), List.of());
                },
                List.of(),
                VirtualHostResource.of("all", List.of("*"), List.of(RouteResource.of("r", Match.prefix("/"), Forward.to("app")))));
        try (RawClient client = new RawClient(port)) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\n");
            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aRequestIsCounted() throws Exception {
        send(edge(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await().until(() -> engine.metrics().counters().keySet().stream().anyMatch(key -> key.name().equals("istio_requests_total")));
        assertThat(engine.metrics().counters()).anySatisfy((key, counter) -> {
            assertThat(key.name()).isEqualTo("istio_requests_total");
            assertThat(key.labels()).contains("response_code", "200", "reporter", "source");
            assertThat(counter.value()).isEqualTo(1);
        });
    }
}
