package io.weft.sidecar.observe.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.weft.sidecar.resource.AccessLogResource;
import io.weft.sidecar.resource.AccessLogResource.Sink;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.ListenerResource.Direction;
import io.weft.sidecar.resource.ListenerResource.FilterChain;
import io.weft.sidecar.resource.ListenerResource.FilterChainMatch;
import io.weft.sidecar.resource.LogFilter;
import io.weft.sidecar.resource.NetworkRbacResource;
import io.weft.sidecar.resource.RbacResource;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.TestEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLogIT {
    /** mesh-behaviour.md B.8. */
    private static final String ISTIO = "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% "
            + "%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% \"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "
            + "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" "
            + "\"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% "
            + "%REQUESTED_SERVER_NAME% %ROUTE_NAME%\n";

    @TempDir
    private Path folder;

    private TestEngine engine;
    private RawBackend app;

    @BeforeEach
    void start() throws Exception {
        engine = new TestEngine();
        app = RawBackend.text("hello");
        engine.cluster("app", app.port());
    }

    @AfterEach
    void stop() throws Exception {
        engine.close();
        app.close();
    }

    private AccessLogResource text(String format) {
        return AccessLogResource.lines(Sink.FILE, folder.resolve("log").toString(), format, Map.of());
    }

    private List<String> lines(int count) {
        await().until(() -> Files.exists(folder.resolve("log")) && Files.readAllLines(folder.resolve("log")).size() >= count);
        try {
            return Files.readAllLines(folder.resolve("log"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private int listen(AccessLogResource log) {
        Forward rewritten = new Forward(
                new RouteResource.Target.Cluster("app"), null, null, null, null, null, "/new", null, null, false, null, List.of(), Map.of(), 503);
        return engine.listen(
                m -> new HttpManagerResource(
                        m.statPrefix(), m.codec(), m.routeConfig(), null, m.filters(), m.pathNormalization(), m.forwardClientCert(),
                        m.forwardClientCertDetails(), false, 0, false, true, false, m.serverHeader(), "weft", m.underscoreHeaders(),
                        m.requestTimeout(), m.requestHeadersTimeout(), m.streamIdleTimeout(), m.idleTimeout(), m.maxConnectionDuration(),
                        m.maxStreamDuration(), 0, m.drainTimeout(), 0, 0, m.upgradeTypes(), false, false, m.http2(), List.of(log)),
                List.of(),
                VirtualHostResource.of("all", List.of("*"), List.of(
                        RouteResource.of("moved", Match.prefix("/old"), rewritten),
                        RouteResource.of("down", Match.prefix("/down"), Forward.to("nobody")),
                        RouteResource.of("main", Match.prefix("/"), Forward.to("app")))));
    }

    private static int get(int port, String path, String... headers) throws Exception {
        try (RawClient raw = new RawClient(port)) {
            return raw.send("GET " + path + " HTTP/1.1\r\nHost: books:80\r\n" + String.join("", headers) + "\r\n").read().status();
        }
    }

    @Test
    void istiosLineSaysAllOfIt() throws Exception {
        int port = listen(text(ISTIO));
        get(port, "/old?q=1", "user-agent: curl\r\n", "x-request-id: id-1\r\n", "x-forwarded-for: 10.0.0.1\r\n");
        String line = lines(1).get(0);
        assertThat(line).matches("\\[\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\\] \"GET /old\\?q=1 HTTP/1\\.1\" 200 - via_upstream - \"-\" 0 5 \\d+ \\d+ "
                + "\"10\\.0\\.0\\.1\" \"curl\" \"id-1\" \"books:80\" \"127\\.0\\.0\\.1:" + app.port() + "\" app 127\\.0\\.0\\.1:\\d+ 127\\.0\\.0\\.1:" + port
                + " 127\\.0\\.0\\.1:\\d+ - moved");
        assertThat(app.heads().get(0)).startsWith("GET /new?q=1 HTTP/1.1\r\n");
    }

    @Test
    void whatWentWrongIsSaid() throws Exception {
        int port = listen(text("%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %UPSTREAM_HOST% %ROUTE_NAME%\n"));
        get(port, "/down");
        assertThat(lines(1)).containsExactly("503 NC cluster_not_found - down");
    }

    @Test
    void nobodyEndsALineOrItsQuotes() throws Exception {
        int port = listen(text("\"%REQ(USER-AGENT)%\" \"%REQ(X-LONG:5)%\"\n"));
        get(port, "/", "user-agent: a\"b\tc\\\"\r\n", "x-long: 123456789\r\n");
        assertThat(lines(1)).containsExactly("\"a\\\"b\\x09c\\\\\\\"\" \"12345\"");
    }

    @Test
    void jsonStaysJson() throws Exception {
        int port = listen(AccessLogResource.lines(
                Sink.FILE, folder.resolve("log").toString(), null,
                Map.of("agent", "%REQ(USER-AGENT)%", "code", "%RESPONSE_CODE%", "referer", "%REQ(REFERER)%", "what", "%REQ(:METHOD)% %REQ(:PATH)%")));
        get(port, "/x", "user-agent: a\"b\\\tc\r\n");
        JsonObject line = JsonParser.parseString(lines(1).get(0)).getAsJsonObject();
        assertThat(line.get("agent").getAsString()).isEqualTo("a\"b\\\tc");
        assertThat(line.get("code").getAsString()).isEqualTo("200");
        assertThat(line.get("referer").isJsonNull()).isTrue();
        assertThat(line.get("what").getAsString()).isEqualTo("GET /x");
    }

    @Test
    void aFilterChooses() throws Exception {
        LogFilter errors = new LogFilter.Status(LogFilter.Comparison.GE, 400);
        int port = listen(new AccessLogResource(text("%RESPONSE_CODE% %REQ(:PATH)%\n").output(), errors));
        get(port, "/good");
        get(port, "/down");
        assertThat(lines(1)).containsExactly("503 /down");
    }

    @Test
    void startTimeMayHaveAFormatOfItsOwn() throws Exception {
        int port = listen(text("%START_TIME(%Y/%m/%dT%H:%M:%S.%3f)%|%START_TIME(%F %T)%\n"));
        get(port, "/");
        assertThat(lines(1).get(0)).matches("\\d{4}/\\d\\d/\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\|\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
    }

    @Test
    void connectionsAreLoggedToo() throws Exception {
        TcpProxyResource proxy = new TcpProxyResource(
                "t", List.of(new TcpProxyResource.WeightedCluster("app", 1)), Duration.ZERO, 1, false, List.of(text(ISTIO)));
        engine.listener("tcp", Direction.OUTBOUND, new FilterChain("tcp", FilterChainMatch.ANY, null, List.of(proxy)));
        int port = engine.engine().listeners().get("tcp").getPort();
        get(port, "/");
        assertThat(lines(1).get(0)).matches("\\[[^]]+\\] \"- - -\" 0 - - - \"-\" 34 43 \\d+ - \"-\" \"-\" \"-\" \"-\" \"127\\.0\\.0\\.1:" + app.port()
                + "\" app 127\\.0\\.0\\.1:\\d+ 127\\.0\\.0\\.1:" + port + " 127\\.0\\.0\\.1:\\d+ - -");
    }

    @Test
    void soAreThoseThatPolicyRefuses() throws Exception {
        TcpProxyResource proxy = new TcpProxyResource(
                "t", List.of(new TcpProxyResource.WeightedCluster("app", 1)), Duration.ZERO, 1, false, List.of(text(ISTIO)));
        RbacResource nobody = new RbacResource(new RbacResource.Rules(RbacResource.Action.ALLOW, Map.of()), null);
        engine.listener("tcp", Direction.INBOUND, new FilterChain(
                "tcp", FilterChainMatch.ANY, null, List.of(new NetworkRbacResource("tcp.", nobody), proxy)));
        int port = engine.engine().listeners().get("tcp").getPort();
        try (RawClient raw = new RawClient(port)) {
            assertThat(raw.socket().getInputStream().read()).isNegative();
        }
        assertThat(lines(1).get(0)).matches("\\[[^]]+\\] \"- - -\" 0 - - rbac_access_denied_matched_policy\\[none\\] \"-\" 0 0 0 - \"-\" \"-\" \"-\" \"-\" \"-\" - - "
                + "127\\.0\\.0\\.1:" + port + " 127\\.0\\.0\\.1:\\d+ - -");
        assertThat(app.heads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%NO_SUCH%", "%REQ()%", "%START_TIME(%Q)%", "%REQ(:STATUS)%", "%REQ(a"})
    void whatIsNotKnownIsRefusedByName(String format) {
        assertThatThrownBy(() -> LogFormat.of(format)).isInstanceOf(ResourceException.class).hasMessageContaining("expected:");
    }
}
