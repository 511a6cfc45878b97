package io.weft.sidecar.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.resource.CidrRange;
import io.weft.sidecar.resource.CorsResource;
import io.weft.sidecar.resource.FaultResource;
import io.weft.sidecar.resource.FractionalPercent;
import io.weft.sidecar.resource.HeaderMatch;
import io.weft.sidecar.resource.HttpFilterResource;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.HttpManagerResource.NamedHttpFilter;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.RbacResource;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.TestEngine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LayersIT {
    private TestEngine engine;
    private RawBackend backend;

    @BeforeEach
    void start() throws Exception {
        engine = new TestEngine();
        backend = RawBackend.text("app");
        engine.cluster("app", backend.port());
    }

    @AfterEach
    void stop() throws Exception {
        engine.close();
        backend.close();
    }

    private int listen(HttpFilterResource filter) {
        return engine.listen(
                manager -> manager,
                List.of(new NamedHttpFilter("f", filter, false)),
                VirtualHostResource.of("all", List.of("*"), List.of(RouteResource.of("r", Match.prefix("/"), Forward.to("app")))));
    }

    private static RawClient.Response send(int port, String head) throws Exception {
        try (RawClient client = new RawClient(port)) {
            return client.send(head + "\r\n\r\n").read();
        }
    }

    private static RbacResource deny(RbacResource.Permission permission) {
        return new RbacResource(
                new RbacResource.Rules(
                        RbacResource.Action.DENY,
                        Map.of("p", new RbacResource.Policy(List.of(permission), List.of(new RbacResource.Principal.Any())))),
                null);
    }

    @Test
    void whatIsDeniedIs403_andNeverReachesTheApp() throws Exception {
        int port = listen(deny(new RbacResource.Permission.UrlPath(StringMatch.prefix("/admin"))));
        for (String path : List.of("/admin", "/admin/x?y", "/a/../admin", "/%61dmin", "/./admin", "/x/..\\admin")) {
            RawClient.Response answer = send(port, "GET " + path + " HTTP/1.1\r\nHost: x");
            assertThat(answer.status()).as(path).isEqualTo(403);
            assertThat(answer.body()).isEqualTo("RBAC: access denied");
        }
        assertThat(backend.heads()).isEmpty();
        assertThat(send(port, "GET /other HTTP/1.1\r\nHost: x").status()).isEqualTo(200);
    }

    @Test
    void theFormThatWasAuthorisedIsForwarded() throws Exception {
        int port = listen(deny(new RbacResource.Permission.UrlPath(StringMatch.exact("/none"))));
        send(port, "GET /a/./b/../c%41%2f?q=/../%41 HTTP/1.1\r\nHost: x");
        assertThat(backend.heads().get(0)).startsWith("GET /a/cA%2F?q=/../%41 HTTP/1.1\r\n");
    }

    @Test
    void aDenyRuleSeesEachValueOfARepeatedHeader() throws Exception {
        int port = listen(deny(new RbacResource.Permission.Header(HeaderMatch.string("x-role", StringMatch.exact("evil")))));
        assertThat(send(port, "GET / HTTP/1.1\r\nHost: x\r\nx-role: good\r\nx-role: evil").status()).isEqualTo(403);
        assertThat(send(port, "GET / HTTP/1.1\r\nHost: x\r\nx-role: good").status()).isEqualTo(200);
    }

    @Test
    void aPolicyOnTheHostIgnoresCaseAndPort() throws Exception {
        int port = listen(deny(new RbacResource.Permission.Header(HeaderMatch.string(":authority", StringMatch.exact("secret.example")))));
        for (String host : List.of("secret.example", "SECRET.example", "secret.example:80", "secret.example.", "secret.example.:80")) {
            assertThat(send(port, "GET / HTTP/1.1\r\nHost: " + host).status()).as(host).isEqualTo(403);
        }
        assertThat(send(port, "GET / HTTP/1.1\r\nHost: open.example").status()).isEqualTo(200);
    }

    @Test
    void aPatternWithAColonIsNotTakenForAPort() throws Exception {
        int port = listen(deny(new RbacResource.Permission.Header(
                HeaderMatch.string(":authority", new StringMatch(StringMatch.Kind.REGEX, "(?:secret|hidden)\\.example", false)))));
        for (String host : List.of("secret.example", "hidden.example:80")) {
            assertThat(send(port, "GET / HTTP/1.1\r\nHost: " + host).status()).as(host).isEqualTo(403);
        }
        assertThat(send(port, "GET / HTTP/1.1\r\nHost: open.example").status()).isEqualTo(200);
    }

    @Test
    void aStrangerCannotSayWhereItComesFrom() throws Exception {
        RbacResource office = new RbacResource(
                new RbacResource.Rules(
                        RbacResource.Action.ALLOW,
                        Map.of("p", new RbacResource.Policy(
                                List.of(new RbacResource.Permission.Any()),
                                List.of(new RbacResource.Principal.RemoteIp(new CidrRange("10.1.2.0", 24)))))),
                null);
        HttpManagerResource manager = HttpManagerResource.of(
                "in",
                RouteConfigResource.of(
                        "in",
                        List.of(VirtualHostResource.of("all", List.of("*"), List.of(RouteResource.of("r", Match.prefix("/"), Forward.to("app")))))),
                null,
                List.of(new NamedHttpFilter("f", office, false)));
        engine.listener(
                "in",
                ListenerResource.Direction.INBOUND,
                new ListenerResource.FilterChain("in", ListenerResource.FilterChainMatch.ANY, null, List.of(manager)));
        int port = engine.engine().listeners().get("in").getPort();
        assertThat(send(port, "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.1.2.3").status()).isEqualTo(403);
        int ours = listen(office);
        assertThat(send(ours, "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.1.2.3").status()).isEqualTo(200);
    }

    @Test
    void shadowRulesAreCounted_andNeverDecide() throws Exception {
        RbacResource.Rules nobody = new RbacResource.Rules(RbacResource.Action.ALLOW, Map.of());
        int port = listen(new RbacResource(null, nobody));
        assertThat(send(port, "GET / HTTP/1.1\r\nHost: x").status()).isEqualTo(200);
        assertThat(engine.metrics().counter(MetricKey.of("envoy_http_rbac_shadow_denied")).value()).isEqualTo(1);
        assertThat(engine.metrics().counter(MetricKey.of("envoy_http_rbac_denied")).value()).isZero();
    }

    @Test
    void allowWithoutPoliciesDeniesEverything() throws Exception {
        int port = listen(new RbacResource(new RbacResource.Rules(RbacResource.Action.ALLOW, Map.of()), null));
        assertThat(send(port, "GET / HTTP/1.1\r\nHost: x").status()).isEqualTo(403);
    }

    @Test
    void anAbortAnswersInsteadOfTheApp_forThoseItIsMeantFor() throws Exception {
        int port = listen(new FaultResource(
                null,
                new FaultResource.Abort(555, 0, FractionalPercent.ALWAYS),
                List.of(HeaderMatch.string("end-user", StringMatch.exact("jason")))));
        RawClient.Response answer = send(port, "GET / HTTP/1.1\r\nHost: x\r\nend-user: jason");
        assertThat(answer.status()).isEqualTo(555);
        assertThat(answer.body()).isEqualTo("fault filter abort");
        assertThat(backend.heads()).isEmpty();
        assertThat(send(port, "GET / HTTP/1.1\r\nHost: x").status()).isEqualTo(200);
        assertThat(engine.log().get(0).flags()).isEqualTo("FI");
    }

    @Test
    void aDelayDelays_andThenTheAppAnswers() throws Exception {
        int port = listen(new FaultResource(
                new FaultResource.Delay(Duration.ofMillis(300), FractionalPercent.ALWAYS), null, List.of()));
        long start = System.nanoTime();
        try (RawClient client = new RawClient(port)) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(client.read().body()).isEqualTo("app");
        }
        assertThat(System.nanoTime() - start).isBetween(280_000_000L, 3_000_000_000L);
        assertThat(engine.log().get(0).flags()).isEqualTo("DI");
    }

    @Test
    void aPreflightIsAnswered_andAnAllowedOriginIsNamed() throws Exception {
        int port = listen(new CorsResource(
                List.of(StringMatch.exact("https://ok.example")), "GET", "x-a", "x-b", "60", true, FractionalPercent.ALWAYS, true));
        RawClient.Response preflight = send(
                port, "OPTIONS / HTTP/1.1\r\nHost: x\r\nOrigin: https://ok.example\r\nAccess-Control-Request-Method: GET");
        assertThat(preflight.status()).isEqualTo(200);
        assertThat(preflight.header("access-control-allow-origin")).isEqualTo("https://ok.example");
        assertThat(preflight.header("access-control-max-age")).isEqualTo("60");
        assertThat(backend.heads()).isEmpty();
        RawClient.Response simple = send(port, "GET / HTTP/1.1\r\nHost: x\r\nOrigin: https://ok.example");
        assertThat(simple.header("access-control-allow-credentials")).isEqualTo("true");
        assertThat(send(port, "GET / HTTP/1.1\r\nHost: x\r\nOrigin: https://no.example").header("access-control-allow-origin")).isNull();
    }
}
