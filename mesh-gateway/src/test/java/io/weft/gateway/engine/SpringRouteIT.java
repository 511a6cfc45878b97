package io.weft.gateway.engine;

import static io.weft.gateway.engine.RawHttp.get;
import static io.weft.gateway.engine.RawHttp.post;
import static io.weft.gateway.engine.RawHttp.upgrade;
import static io.weft.gateway.engine.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.gateway.filter.Caller;
import io.weft.gateway.springroute.SpringRoutes;
import io.weft.sidecar.listener.Engine;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.xds.ConfigTarget;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.ratelimit.KeyResolver;
import org.springframework.cloud.gateway.filter.ratelimit.RateLimiter;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Distributed routes in a whole gateway: what comes over the mesh's listeners, through Spring's filters, to the engine's clusters and back. */
@Timeout(60)
class SpringRouteIT {

    @TempDir
    static Path home;

    static ScriptedBackend backend;
    static ConfigurableApplicationContext gateway;
    static Engine engine;
    static SpringRoutes routes;
    static int http;
    static int actuator;

    /** What a team would add to its gateway. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Team {
        @Bean
        RouterFunction<ServerResponse> fallback() {
            return RouterFunctions.route()
                    .GET("/fallback", request -> ServerResponse.ok().header("x-fallback", "yes").bodyValue("from the fallback"))
                    .build();
        }

        @Bean
        StampGatewayFilterFactory stamp() {
            return new StampGatewayFilterFactory();
        }

        @Bean
        RateLimiter<Object> everyThird() {
            return new EveryThird();
        }

        @Bean
        KeyResolver byHeader() {
            return exchange -> Mono.justOrEmpty(exchange.getRequest().getHeaders().getFirst("x-key"));
        }
    }

    /** A filter of the team's own. */
    static final class StampGatewayFilterFactory extends AbstractGatewayFilterFactory<StampGatewayFilterFactory.Config> {
        StampGatewayFilterFactory() {
            super(Config.class);
        }

        @Override
        public List<String> shortcutFieldOrder() {
            return List.of("text");
        }

        @Override
        public GatewayFilter apply(Config config) {
            return new OrderedGatewayFilter(
                    (exchange, chain) -> {
                        exchange.getResponse().beforeCommit(() -> {
                            exchange.getResponse().getHeaders().set("x-stamp", config.text + " " + Caller.spiffeId(exchange).orElse("nobody"));
                            return Mono.empty();
                        });
                        return chain.filter(exchange);
                    },
                    1);
        }

        static final class Config {
            private String text = "";

            public void setText(String text) {
                this.text = text;
            }

            public String getText() {
                return text;
            }
        }
    }

    /** Two of three pass, per key. */
    static final class EveryThird implements RateLimiter<Object> {
        private final Map<String, AtomicInteger> seen = new java.util.concurrent.ConcurrentHashMap<>();

        @Override
        public Mono<Response> isAllowed(String routeId, String id) {
            int n = seen.computeIfAbsent(id, key -> new AtomicInteger()).incrementAndGet();
            return Mono.just(new Response(n % 3 != 0, Map.of()));
        }

        @Override
        public Map<String, Object> getConfig() {
            return Map.of();
        }

        @Override
        public Class<Object> getConfigClass() {
            return Object.class;
        }

        @Override
        public Object newConfig() {
            return new Object();
        }
    }

    @BeforeAll
    static void start() {
        backend = new ScriptedBackend();
        gateway = Gateways.start(home, Team.class);
        actuator = Integer.parseInt(gateway.getEnvironment().getProperty("local.server.port"));
        GatewayProcess process = gateway.getBean(GatewayProcess.class);
        engine = process.engine();
        routes = gateway.getBean(SpringRoutes.class);
        http = process.ports().get("http-port");
        MeshResources.apply(engine, http, process.ports().get("https-port"), backend.port(), null);
    }

    @AfterAll
    static void stop() {
        // first, as long as the event loops are there that it shares with the gateway
        backend.close();
        gateway.close();
    }

    @AfterEach
    void noRoutes() {
        List<String> names = new ArrayList<>();
        routes.getRoutes().toIterable().forEach(route -> names.add(route.getId()));
        Routes.remove(routes, names.toArray(String[]::new));
        assertThat(routes.size()).isZero();
        await().untilAsserted(() -> assertThat(engine.active()).isZero());
    }

    private static RawHttp.Answer ask(String request) throws IOException {
        try (RawHttp client = new RawHttp(http)) {
            return client.send(request).answer();
        }
    }

    private static RawHttp.Answer fetch(String path) throws IOException {
        return ask(get(path));
    }

    // ------------------------------------------------------------------ predicates, filters, targets

    @Test
    void aRouteWithFiltersGoesToTheCluster_andFallThroughAnswersAreAsTheMeshsOwn() throws IOException {
        Routes.apply(
                routes,
                route("books").toBackend().when("Path=/books/**", "Method=GET,POST").with("StripPrefix=1", "AddRequestHeader=X-Test,yes", "AddResponseHeader=X-Seen,it"));
        RawHttp.Answer answer = fetch("/books/1?a=b");
        assertThat(answer.body()).isEqualTo("GET /1?a=b host=backend:80 x=yes body=0:");
        assertThat(RawHttp.field(answer.head(), "x-seen")).isEqualTo("it");
        assertThat(RawHttp.field(answer.head(), "x-backend")).isEqualTo("yes");
        assertThat(RawHttp.field(answer.head(), "server")).isEqualTo("weft");
        assertThat(RawHttp.field(answer.head(), "x-envoy-upstream-service-time")).isNotEmpty();
        assertThat(ask(post("/books/2", "hello")).body()).isEqualTo("POST /2 host=backend:80 x=yes body=5:hello");
        assertThat(ask("DELETE /books/1 HTTP/1.1\r\nHost: a\r\n\r\n").status()).isEqualTo(404);
        assertThat(fetch("/elsewhere").status()).isEqualTo(404);
    }

    @Test
    void ownFilterBeans_knowTheCaller() throws IOException {
        Routes.apply(routes, route("own").toBackend().when("Path=/own").with("Stamp=hi"));
        assertThat(RawHttp.field(fetch("/own").head(), "x-stamp")).isEqualTo("hi nobody");
    }

    @Test
    void preservedHost_andHostPredicate() throws IOException {
        Routes.apply(
                routes,
                route("host").toBackend().when("Host=**.example.org").with("PreserveHostHeader"),
                route("set").toBackend().when("Path=/set").with("SetRequestHostHeader=other.example"));
        assertThat(ask(get("a.example.org", "/h")).body()).contains("host=a.example.org");
        assertThat(ask(get("a.example.com", "/h")).status()).isEqualTo(404);
        assertThat(fetch("/set").body()).contains("host=other.example");
    }

    @Test
    void plainHttp_forward_andTheMeshsOwnRoutes() throws IOException {
        Routes.apply(
                routes,
                route("plain").to("http://127.0.0.1:" + backend.port()).when("Path=/plain").with("AddRequestHeader=X-Test,plain"),
                route("forward").to("forward:/fallback").when("Path=/forward"),
                route("onwards").to("mesh:///").when("Path=/v1/**").with("RewritePath=/v1/(?<rest>.*),/mesh/${rest}", "AddRequestHeader=X-Test,m", "AddResponseHeader=X-By,spring"),
                route("nowhere").to("mesh:///").when("Path=/v2/**"));
        assertThat(fetch("/plain").body()).contains("GET /plain").contains("x=plain");
        assertThat(fetch("/forward").body()).isEqualTo("from the fallback");
        RawHttp.Answer onwards = ask(post("/v1/a", "hi"));
        assertThat(onwards.body()).isEqualTo("POST /mesh/a host=a x=m body=2:hi");
        assertThat(RawHttp.field(onwards.head(), "x-by")).isEqualTo("spring");
        assertThat(fetch("/v2/x").status()).isEqualTo(404);
    }

    @Test
    void noRouteLeadsToActuator() throws IOException {
        Routes.apply(
                routes,
                route("forward").to("forward:/actuator/info").when("Path=/a"),
                route("written").to("forward:/%61ctuator;x/health").when("Path=/b"),
                route("fallback")
                        .to("lb://nobody:80", "no.such.cluster")
                        .when("Path=/c")
                        .withFull("CircuitBreaker", "name", "actuator", "fallbackUri", "forward:/actuator/health"));
        for (String path : List.of("/a", "/b", "/c")) {
            assertThat(fetch(path).status()).as(path).isEqualTo(404);
        }
    }

    @Test
    void aBodyThatIsNotAsLongAsItsHeadSays_isNotSentOn() throws IOException {
        Routes.apply(
                routes,
                route("longer").toBackend().when("Path=/longer").with("SetRequestHeader=Content-Length,2"),
                route("shorter").toBackend().when("Path=/shorter").with("SetRequestHeader=Content-Length,9"),
                route("twice").toBackend().when("Path=/twice").with("AddRequestHeader=Content-Length,7"),
                route("onwards").to("mesh:///").when("Path=/onwards").with("SetPath=/mesh/a", "SetRequestHeader=Content-Length,2"));
        for (String path : List.of("/longer", "/shorter", "/twice", "/onwards")) {
            assertThat(ask(post(path, "hello")).status()).as(path).isEqualTo(500);
        }
        Routes.apply(routes, route("fine").toBackend().when("Path=/fine"));
        assertThat(ask(post("/fine", "hello")).body()).as("no endpoint's connection is spoilt").contains("body=5:hello");
    }

    @Test
    void whatMeshProxiesTellEachOther_isNobodyElsesToSay() throws IOException {
        Routes.apply(
                routes, route("liar").toBackend().when("Path=/liar").with("AddRequestHeader=x-envoy-peer-metadata,me", "AddRequestHeader=X-Test,sent"));
        assertThat(fetch("/liar").body()).contains("x=sent");
        assertThat(backend.lastHeaders).containsKey("x-test").doesNotContainKey("x-envoy-peer-metadata");
    }

    @Test
    void bodiesGoBothWays_bigOnesToo() throws IOException {
        Routes.apply(routes, route("big").toBackend().when("Path=/big/**,/echo"));
        String big = "x".repeat(400_000);
        try (RawHttp client = new RawHttp(http)) {
            assertThat(client.send(post("/echo", big)).ok()).contains("body=400000");
            assertThat(client.send(get("/big/3000000")).ok()).hasSize(3_000_000);
            assertThat(client.send("HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n").head()).startsWith("HTTP/1.1 200");
            assertThat(client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n").ok()).contains("body=5:hello");
        }
    }

    @Test
    void http2_streamsThroughTheSameRoutes() throws Exception {
        Routes.apply(routes, route("two").toBackend().when("Path=/two/**").with("AddRequestHeader=X-Test,h2"));
        try (Http2Client client = new Http2Client(http, null)) {
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
        Routes.apply(
                routes,
                route("ws").to("lb:ws://backend:80", MeshResources.CLUSTER).when("Path=/chat").with("SetPath=/ws"),
                route("mesh-ws").to("mesh:///").when("Path=/elsewhere").with("SetPath=/mesh/ws"));
        try (RawHttp client = new RawHttp(http)) {
            assertThat(client.send(upgrade("/chat")).head()).startsWith("HTTP/1.1 101");
            client.sendFrame("one");
            assertThat(client.frame()).isEqualTo("echo:one");
            client.sendFrame("two");
            assertThat(client.frame()).isEqualTo("echo:two");
        }
    }

    // ------------------------------------------------------------------ order

    @Test
    void negativeOrderComesBeforeTheMesh_andWhatItDoesNotWantGoesBack() throws IOException {
        Routes.apply(
                routes,
                route("late").toBackend().order(0).when("Path=/mesh/**,/late").with("AddRequestHeader=X-Test,late"),
                route("early").toBackend().order(-1).when("Path=/mesh/early", "Header=X-Canary").with("AddRequestHeader=X-Test,early"));
        assertThat(fetch("/mesh/a").body()).contains("x=null").contains("host=a");
        assertThat(fetch("/late").body()).contains("x=late");
        String canary = "GET /mesh/early HTTP/1.1\r\nHost: a\r\nX-Canary: 1\r\n\r\n";
        assertThat(ask(canary).body()).contains("x=early").contains("host=backend:80");
        assertThat(fetch("/mesh/early").body()).contains("x=null").contains("host=a");
        assertThat(ask(post("/mesh/early", "hello")).body()).contains("host=a").contains("body=5:hello");
        String preflight = "OPTIONS /mesh/early HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\nAccess-Control-Request-Method: GET\r\n\r\n";
        assertThat(ask(preflight).body()).as("CORS is the mesh's there").startsWith("OPTIONS /mesh/early host=a");
        Routes.remove(routes, "early");
        assertThat(ask(canary).body()).contains("x=null").contains("host=a");
    }

    @Test
    void policyIsAskedBeforeAllOfThem_andAgainForThePathThatFiltersHaveMade() throws IOException {
        engine.applyListeners(List.of(MeshResources.denying("/mesh/secret")), List.of());
        int denying = engine.listeners().get("denying").getPort();
        Routes.apply(
                routes,
                route("first").toBackend().order(-1).when("Path=/mesh/secret/**"),
                route("sneaky").to("mesh:///").when("Path=/sneaky").with("SetPath=/mesh/secret/x"),
                route("open").to("mesh:///").when("Path=/open").with("SetPath=/mesh/open"));
        int before = backend.calls.get();
        try (RawHttp client = new RawHttp(denying)) {
            assertThat(client.send(get("/mesh/secret/a")).answer().status()).isEqualTo(403);
            assertThat(client.send(get("/sneaky")).answer().body()).isEqualTo("RBAC: access denied");
            assertThat(backend.calls).hasValue(before);
            assertThat(client.send(get("/open")).ok()).contains("GET /mesh/open");
        }
        engine.applyListeners(List.of(), List.of("denying"));
    }

    /** The delay is another's to make, but what stands behind it in the list is not skipped with it. */
    @Test
    void policyBehindADelayIsAsked() throws IOException {
        engine.applyListeners(List.of(MeshResources.denying("/mesh/secret", MeshResources.delay(Duration.ofSeconds(30)))), List.of());
        int denying = engine.listeners().get("denying").getPort();
        Routes.apply(routes, route("first").toBackend().order(-1).when("Path=/mesh/**"));
        try (RawHttp client = new RawHttp(denying)) {
            assertThat(client.send(get("/mesh/secret/a")).answer().body()).isEqualTo("RBAC: access denied");
            assertThat(client.send(get("/mesh/b")).ok()).contains("GET /mesh/b");
        }
        engine.applyListeners(List.of(), List.of("denying"));
    }

    // ------------------------------------------------------------------ what is refused

    @Test
    void badRoutesAreRefusedByName_andTheOthersAreInForce() throws IOException {
        Routes.apply(routes, route("kept").toBackend().when("Path=/kept").with("AddRequestHeader=X-Test,first"));
        List<ConfigTarget.Refused> refused = Routes.tryApply(
                routes,
                route("good").toBackend().when("Path=/good"),
                route("unknown").toBackend().when("Path=/u").with("AddRequestHeadr=a,b"),
                route("arguments").toBackend().when("Path=/a").with("StripPrefix=many"),
                route("retries").toBackend().when("Path=/r").withFull("Retry", "retries", "-1"),
                route("spel").toBackend().when("Path=/s").with("AddRequestHeader=X-Test,#{T(java.lang.System).exit(1)}"),
                route("spelInside").toBackend().when("Path=/s").withFull("AddRequestHeader", "name", "a", "value", "x #{1+1}"),
                route("scheme").to("file:///etc/passwd").when("Path=/f"),
                route("nocluster").to("lb://backend:80").when("Path=/n"),
                route("kept").toBackend().when("Path=/kept").with("Nonsense=1"));
        assertThat(refused).extracting(ConfigTarget.Refused::name)
                .containsExactlyInAnyOrder(
                        "default/unknown", "default/arguments", "default/retries", "default/spel", "default/spelInside", "default/scheme", "default/nocluster", "default/kept");
        assertThat(reason(refused, "unknown")).startsWith("filters[0]: AddRequestHeadr (expected: one of").contains("AddRequestHeader");
        assertThat(reason(refused, "arguments")).startsWith("filters[0] StripPrefix: ").contains("many");
        assertThat(reason(refused, "retries")).contains("retries must be greater than 0");
        assertThat(reason(refused, "spel")).contains("#{…} (expected: no SpEL");
        assertThat(reason(refused, "scheme")).contains("expected: http, https, lb");
        assertThat(fetch("/good").status()).isEqualTo(200);
        assertThat(fetch("/kept").body()).as("the last good one stays").contains("x=first");
    }

    private static String reason(List<ConfigTarget.Refused> refused, String name) {
        return refused.stream().filter(r -> r.name().equals("default/" + name)).findFirst().orElseThrow().reason();
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aHeaderMadeOfAPath_cannotSplitARequest_norFillTheLog(CapturedOutput log) throws IOException {
        Routes.apply(routes, route("split").toBackend().when("Path=/split/{what}").with("AddRequestHeader=X-Test,{what}"));
        int before = backend.calls.get();
        assertThat(fetch("/split/a%0d%0aX-Evil:%20yes").status()).isGreaterThanOrEqualTo(400);
        assertThat(backend.calls).hasValue(before);
        assertThat(log).contains("cannot be sent").doesNotContain("\tat ");
    }

    // ------------------------------------------------------------------ failures

    @Test
    void anEndpointThatIsGone_isA503AsTheMeshSaysIt() throws IOException {
        int nobody;
        try (ServerSocket free = new ServerSocket(0)) {
            nobody = free.getLocalPort();
        }
        String name = "outbound|81||gone.default.svc.cluster.local";
        engine.applyClusters(
                List.of(ClusterResource.of(
                        name, ClusterResource.Type.STATIC, EndpointsResource.of(name, List.of(EndpointsResource.Endpoint.of("127.0.0.1", nobody))))),
                List.of());
        Routes.apply(
                routes,
                route("gone").to("lb://gone:81", name).when("Path=/gone"),
                route("never").to("lb://never:81", "outbound|81||never.default.svc.cluster.local").when("Path=/never"),
                route("reset").toBackend().when("Path=/reset/**"),
                route("hang").toBackend().when("Path=/hang/**").metadata("response-timeout", 200));
        RawHttp.Answer gone = fetch("/gone");
        assertThat(gone.status()).isEqualTo(503);
        assertThat(gone.body()).isEqualTo("upstream connect error or disconnect/reset before headers. reset reason: remote connection failure");
        assertThat(fetch("/never").status()).isEqualTo(503);
        RawHttp.Answer reset = fetch("/reset/1");
        assertThat(reset.status()).isEqualTo(503);
        assertThat(reset.body()).contains("connection termination");
        RawHttp.Answer hang = fetch("/hang/1");
        assertThat(hang.status()).isEqualTo(504);
        assertThat(hang.body()).isEqualTo("upstream request timeout");
        assertThat(series("response_code=\"503\"", "response_flags=\"UF\"")).isPositive();
        assertThat(series("response_code=\"504\"", "response_flags=\"UT\"")).isPositive();
    }

    @Test
    void retryCounts() throws IOException {
        Routes.apply(
                routes,
                route("retry").toBackend().when("Path=/flaky/**").withFull("Retry", "retries", "3", "series", "SERVER_ERROR", "methods", "GET,POST"),
                route("retryReset").toBackend().when("Path=/reset/**").with("Retry=2"));
        int before = backend.calls.get();
        RawHttp.Answer answer = fetch("/flaky/2/a");
        assertThat(answer.body()).isEqualTo("recovered");
        assertThat(backend.calls).hasValue(before + 3);
        assertThat(ask(post("/flaky/2/b", "body")).body()).as("with its body again").isEqualTo("recovered");
        assertThat(backend.calls).hasValue(before + 6);
        assertThat(fetch("/flaky/9/c").status()).as("it gives up").isEqualTo(503);
        assertThat(backend.calls).hasValue(before + 10);
        assertThat(fetch("/reset/2").status()).as("exceptions are retried too").isEqualTo(503);
        assertThat(backend.calls).hasValue(before + 13);
    }

    @Test
    void circuitBreaker_fallsBack_byStatusByExceptionAndByTime() throws IOException {
        Routes.apply(
                routes,
                route("breaker")
                        .toBackend()
                        .when("Path=/status/**,/reset/**,/hang/**")
                        .withFull("CircuitBreaker", "name", "books", "fallbackUri", "forward:/fallback", "statusCodes[0]", "500"));
        for (String path : List.of("/status/500", "/reset/1", "/hang/1")) {
            RawHttp.Answer answer = fetch(path);
            assertThat(answer.body()).as(path).isEqualTo("from the fallback");
            assertThat(RawHttp.field(answer.head(), "x-fallback")).isEqualTo("yes");
            assertThat(RawHttp.field(answer.head(), "x-backend")).as("nothing of the first answer").isEmpty();
        }
        assertThat(fetch("/status/404").status()).isEqualTo(404);
    }

    @Test
    void rateLimiterOfTheTeam() throws IOException {
        Routes.apply(
                routes,
                route("limited").toBackend().when("Path=/limited").withFull("RequestRateLimiter", "deny-empty-key", "true", "empty-key-status", "403"));
        String keyed = "GET /limited HTTP/1.1\r\nHost: a\r\nX-Key: k\r\n\r\n";
        assertThat(List.of(ask(keyed).status(), ask(keyed).status(), ask(keyed).status(), ask(keyed).status())).containsExactly(200, 200, 429, 200);
        assertThat(fetch("/limited").status()).isEqualTo(403);
    }

    @Test
    void weights_areShared_andThoseOfARemovedRouteGo() throws IOException {
        Routes.apply(
                routes,
                route("w1").toBackend().when("Path=/weighted", "Weight=g,5").with("AddResponseHeader=X-By,one"),
                route("w2").toBackend().when("Path=/weighted", "Weight=g,5").with("AddResponseHeader=X-By,two"));
        List<String> by = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            by.add(RawHttp.field(fetch("/weighted").head(), "x-by"));
        }
        assertThat(by).contains("one", "two").doesNotContain("");
        Routes.remove(routes, "w1");
        onlyTheSecondIsLeft();
    }

    private static void onlyTheSecondIsLeft() throws IOException {
        for (int i = 0; i < 30; i++) {
            assertThat(RawHttp.field(fetch("/weighted").head(), "x-by")).isEqualTo("two");
        }
    }

    @Test
    void aRouteThatChangesItsWeightGroup_leavesItsShareToTheOthers() throws IOException {
        Routes.apply(
                routes,
                route("w1").toBackend().when("Path=/weighted", "Weight=changing,5"),
                route("w2").toBackend().when("Path=/weighted", "Weight=changing,5").with("AddResponseHeader=X-By,two"));
        Routes.apply(routes, route("w1").toBackend().when("Path=/weighted", "Weight=other,5", "Header=X-Never"));
        onlyTheSecondIsLeft();
    }

    // ------------------------------------------------------------------ life

    @Test
    void aRouteThatIsRemovedFinishesWhatItHas() throws Exception {
        Routes.apply(routes, route("slow").toBackend().when("Path=/slow/**").with("AddResponseHeader=X-By,slow"));
        try (RawHttp client = new RawHttp(http)) {
            int before = backend.calls.get();
            client.send(get("/slow/1"));
            await().until(() -> backend.calls.get() > before);
            Routes.remove(routes, "slow");
            assertThat(fetch("/slow/2").status()).isEqualTo(404);
            RawHttp.Answer answer = client.answer();
            assertThat(answer.body()).isEqualTo("slow");
            assertThat(RawHttp.field(answer.head(), "x-by")).isEqualTo("slow");
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleOfAnAnswer_letsTheEndpointGo() throws Exception {
        Routes.apply(routes, route("stream").toBackend().when("Path=/stream/**"));
        for (int i = 0; i < 3; i++) {
            try (RawHttp client = new RawHttp(http)) {
                client.send(get("/stream/" + i));
                assertThat(client.head()).startsWith("HTTP/1.1 200");
                client.bytes(3000);
                assertThat(backend.streamsOpen).hasPositiveValue();
                client.reset();
            }
        }
        await().untilAsserted(() -> assertThat(backend.streamsOpen).hasValue(0));
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aClientThatLeavesInTheMiddleOfItsRequest_leavesNothing(CapturedOutput log) throws Exception {
        Routes.apply(routes, route("upload").toBackend().when("Path=/upload"));
        try (Socket socket = new Socket("127.0.0.1", http)) {
            socket.getOutputStream()
                    .write(("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(200_000)).getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            await().until(() -> engine.active() > 0);
        }
        await().untilAsserted(() -> assertThat(engine.active()).isZero());
        assertThat(log).doesNotContain("ERROR");
    }

    @Test
    void fiveHundredRoutesPushedUnderLoad_noRequestFails() throws Exception {
        Routes.apply(routes, route("load").toBackend().when("Path=/load/**").with("AddResponseHeader=X-By,load"));
        AtomicBoolean going = new AtomicBoolean(true);
        AtomicInteger good = new AtomicInteger();
        List<String> bad = new java.util.concurrent.CopyOnWriteArrayList<>();
        List<Thread> clients = new ArrayList<>();
        for (int c = 0; c < 4; c++) {
            Thread thread = new Thread(() -> {
                try (RawHttp client = new RawHttp(http)) {
                    for (int i = 0; going.get(); i++) {
                        RawHttp.Answer answer = client.send(get("/load/" + i)).answer();
                        if (answer.status() == 200 && RawHttp.field(answer.head(), "x-by").equals("load")) {
                            good.incrementAndGet();
                        } else {
                            bad.add(answer.toString());
                        }
                    }
                } catch (IOException | AssertionError e) {
                    bad.add(e.toString());
                }
            });
            thread.start();
            clients.add(thread);
        }
        for (int i = 0; i < 500; i++) {
            Routes.apply(routes, route("r" + i).toBackend().when("Path=/r" + i + "/**").with("AddRequestHeader=X-Test," + i));
        }
        assertThat(routes.size()).isEqualTo(501);
        going.set(false);
        for (Thread client : clients) {
            client.join();
        }
        assertThat(bad).isEmpty();
        assertThat(good).hasPositiveValue();
        assertThat(fetch("/r499/a").body()).contains("x=499");
    }

    // ------------------------------------------------------------------ what is seen of it

    @Test
    void actuatorShowsTheRoutes_andEachRequestIsCountedOnce() throws Exception {
        Routes.apply(routes, route("seen").toBackend().when("Path=/seen/**").with("AddRequestHeader=X-Test,a"));
        await().untilAsserted(() -> assertThat(actuator("/actuator/gateway/routes")).contains("\"seen\"").contains("/seen/**"));
        double before = series("response_code=\"200\"");
        double missed = series("response_code=\"404\"");
        for (int i = 0; i < 5; i++) {
            fetch("/seen/" + i);
            fetch("/unseen");
        }
        assertThat(series("response_code=\"200\"") - before).isEqualTo(5.0);
        assertThat(series("response_code=\"404\"") - missed).isEqualTo(5.0);
        assertThat(series("response_code=\"404\"", "response_flags=\"NR\"")).isPositive();
        assertThat(series("response_code=\"200\"", "destination_service=\"backend.default.svc.cluster.local\"")).isPositive();
    }

    private static double series(String... labels) {
        double sum = 0;
        for (String line : actuator("/actuator/prometheus").split("\n")) {
            if (line.startsWith("istio_requests_total{") && List.of(labels).stream().allMatch(line::contains)) {
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return sum;
    }

    private static String actuator(String path) {
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + actuator + path)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Bounds of what is waited for in here. */
    static {
        org.awaitility.Awaitility.setDefaultTimeout(Duration.ofSeconds(10));
    }
}
