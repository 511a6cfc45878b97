package io.weft.gateway.engine;

import static io.weft.gateway.engine.RawHttp.get;
import static io.weft.gateway.engine.RawHttp.post;
import static io.weft.gateway.engine.RawHttp.upgrade;
import static io.weft.gateway.engine.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Distributed routes in a whole gateway: what comes over the mesh's listeners, through Spring's filters, to the engine's clusters and back. */
@Timeout(60)
class SpringRouteIT {

    @RegisterExtension
    static final SpringRouteGateway gateway = new SpringRouteGateway();

    @Test
    void aRouteWithFiltersGoesToTheCluster_andFallThroughAnswersAreAsTheMeshsOwn() throws IOException {
        gateway.apply(
                route("books").toBackend().when("Path=/books/**", "Method=GET,POST").with("StripPrefix=1", "AddRequestHeader=X-Test,yes", "AddResponseHeader=X-Seen,it"));
        RawHttp.Answer answer = gateway.fetch("/books/1?a=b");
        assertThat(answer.body()).isEqualTo("GET /1?a=b host=backend:80 x=yes body=0:");
        assertThat(RawHttp.field(answer.head(), "x-seen")).isEqualTo("it");
        assertThat(RawHttp.field(answer.head(), "x-backend")).isEqualTo("yes");
        assertThat(RawHttp.field(answer.head(), "server")).isEqualTo("weft");
        assertThat(RawHttp.field(answer.head(), "x-envoy-upstream-service-time")).isNotEmpty();
        assertThat(gateway.ask(post("/books/2", "hello")).body()).isEqualTo("POST /2 host=backend:80 x=yes body=5:hello");
        assertThat(gateway.ask("DELETE /books/1 HTTP/1.1\r\nHost: a\r\n\r\n").status()).isEqualTo(404);
        assertThat(gateway.fetch("/elsewhere").status()).isEqualTo(404);
    }

    @Test
    void ownFilterBeans_knowTheCaller() throws IOException {
        gateway.apply(route("own").toBackend().when("Path=/own").with("Stamp=hi"));
        assertThat(RawHttp.field(gateway.fetch("/own").head(), "x-stamp")).isEqualTo("hi nobody");
    }

    @Test
    void preservedHost_andHostPredicate() throws IOException {
        gateway.apply(
                route("host").toBackend().when("Host=**.example.org").with("PreserveHostHeader"),
                route("set").toBackend().when("Path=/set").with("SetRequestHostHeader=other.example"));
        assertThat(gateway.ask(get("a.example.org", "/h")).body()).contains("host=a.example.org");
        assertThat(gateway.ask(get("a.example.com", "/h")).status()).isEqualTo(404);
        assertThat(gateway.fetch("/set").body()).contains("host=other.example");
    }

    @Test
    void plainHttp_forward_andTheMeshsOwnRoutes() throws IOException {
        gateway.apply(
                route("plain").to("http://127.0.0.1:" + gateway.backend().port()).when("Path=/plain").with("AddRequestHeader=X-Test,plain"),
                route("forward").to("forward:/fallback").when("Path=/forward"),
                route("onwards").to("mesh:///").when("Path=/v1/**").with("RewritePath=/v1/(?<rest>.*),/mesh/${rest}", "AddRequestHeader=X-Test,m", "AddResponseHeader=X-By,spring"),
                route("nowhere").to("mesh:///").when("Path=/v2/**"));
        assertThat(gateway.fetch("/plain").body()).contains("GET /plain").contains("x=plain");
        assertThat(gateway.fetch("/forward").body()).isEqualTo("from the fallback");
        RawHttp.Answer onwards = gateway.ask(post("/v1/a", "hi"));
        assertThat(onwards.body()).isEqualTo("POST /mesh/a host=a x=m body=2:hi");
        assertThat(RawHttp.field(onwards.head(), "x-by")).isEqualTo("spring");
        assertThat(gateway.fetch("/v2/x").status()).isEqualTo(404);
    }

    @Test
    void whatMeshProxiesTellEachOther_isNobodyElsesToSay() throws IOException {
        gateway.apply(route("liar").toBackend().when("Path=/liar").with("AddRequestHeader=x-envoy-peer-metadata,me", "AddRequestHeader=X-Test,sent"));
        assertThat(gateway.fetch("/liar").body()).contains("x=sent");
        assertThat(gateway.backend().lastHeaders).containsKey("x-test").doesNotContainKey("x-envoy-peer-metadata");
    }

    @Test
    void bodiesGoBothWays_bigOnesToo() throws IOException {
        gateway.apply(route("big").toBackend().when("Path=/big/**,/echo"));
        String big = "x".repeat(400_000);
        try (RawHttp client = new RawHttp(gateway.http())) {
            assertThat(client.send(post("/echo", big)).ok()).contains("body=400000");
            assertThat(client.send(get("/big/3000000")).ok()).hasSize(3_000_000);
            assertThat(client.send("HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n").head()).startsWith("HTTP/1.1 200");
            assertThat(client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n").ok()).contains("body=5:hello");
        }
    }

    @Test
    void http2_streamsThroughTheSameRoutes() throws Exception {
        gateway.apply(route("two").toBackend().when("Path=/two/**").with("AddRequestHeader=X-Test,h2"));
        try (Http2Client client = new Http2Client(gateway.http(), null)) {
            List<Http2Client.Answer> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                answers.add(client.get("/two/" + i));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(answers.get(i).get()).contains("GET /two/" + i + " ").contains("x=h2");
            }
        }
    }

    @Test
    void webSockets_toTheClusterAndByTheMesh() throws IOException {
        gateway.apply(
                route("ws").to("lb:ws://backend:80", MeshResources.CLUSTER).when("Path=/chat").with("SetPath=/ws"),
                route("mesh-ws").to("mesh:///").when("Path=/elsewhere").with("SetPath=/mesh/ws"));
        try (RawHttp client = new RawHttp(gateway.http())) {
            assertThat(client.send(upgrade("/chat")).head()).startsWith("HTTP/1.1 101");
            client.sendFrame("one");
            assertThat(client.frame()).isEqualTo("echo:one");
            client.sendFrame("two");
            assertThat(client.frame()).isEqualTo("echo:two");
        }
    }

    @Test
    void rateLimiterOfTheTeam() throws IOException {
        gateway.apply(
                route("limited").toBackend().when("Path=/limited").withFull("RequestRateLimiter", "deny-empty-key", "true", "empty-key-status", "403"));
        String keyed = "GET /limited HTTP/1.1\r\nHost: a\r\nX-Key: k\r\n\r\n";
        assertThat(List.of(gateway.ask(keyed).status(), gateway.ask(keyed).status(), gateway.ask(keyed).status(), gateway.ask(keyed).status())).containsExactly(200, 200, 429, 200);
        assertThat(gateway.fetch("/limited").status()).isEqualTo(403);
    }

    @Test
    void weights_areShared_andThoseOfARemovedRouteGo() throws IOException {
        gateway.apply(
                route("w1").toBackend().when("Path=/weighted", "Weight=g,5").with("AddResponseHeader=X-By,one"),
                route("w2").toBackend().when("Path=/weighted", "Weight=g,5").with("AddResponseHeader=X-By,two"));
        List<String> by = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            by.add(RawHttp.field(gateway.fetch("/weighted").head(), "x-by"));
        }
        assertThat(by).contains("one", "two").doesNotContain("");
        gateway.remove("w1");
        onlyTheSecondIsLeft();
    }

    private static void onlyTheSecondIsLeft() throws IOException {
        for (int i = 0; i < 30; i++) {
            assertThat(RawHttp.field(gateway.fetch("/weighted").head(), "x-by")).isEqualTo("two");
        }
    }

    @Test
    void aRouteThatChangesItsWeightGroup_leavesItsShareToTheOthers() throws IOException {
        gateway.apply(
                route("w1").toBackend().when("Path=/weighted", "Weight=changing,5"),
                route("w2").toBackend().when("Path=/weighted", "Weight=changing,5").with("AddResponseHeader=X-By,two"));
        gateway.apply(route("w1").toBackend().when("Path=/weighted", "Weight=other,5", "Header=X-Never"));
        onlyTheSecondIsLeft();
    }
}
