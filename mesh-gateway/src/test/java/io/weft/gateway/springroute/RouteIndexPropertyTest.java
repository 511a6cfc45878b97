package io.weft.gateway.springroute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;

/** Over random routes and requests the index finds what Spring finds by asking every route. */
class RouteIndexPropertyTest {

    private static final String[] SEGMENTS = {"a", "b", "A", "books", "%61", "x.y", "a;v=1", ""};
    private static final String[] PATTERNS = {"a", "b", "books", "*", "{v}", "a?", "b*", "x.y", "{n:[a-b]+}"};
    private static final String[] HOSTS = {"a.example.org", "b.example.org", "example.org", "A.Example.org", "a.example.org:8080", "x", "a..example.org", "[::1]:80", "10.0.0.1"};
    private static final String[] HOST_PATTERNS = {
        "a.example.org", "**.example.org", "*.example.org", "example.org", "a.example.org:8080", "**", "{sub}.example.org", "a.example.*", "x", "[::1]:80", "**.example.org:*"
    };
    private static final String[] METHODS = {"GET", "POST", "DELETE"};

    private final Random random = new Random(20261123);
    private final RouteCompiler compiler = Springs.compiler();

    /** Spring's own lookup. */
    private static final class Spring extends RoutePredicateHandlerMapping {
        Spring(List<LiveRoute> routes) {
            super(
                    new FilteringWebHandler(List.of(), false),
                    () -> Flux.fromIterable(routes).map(LiveRoute::route),
                    new GlobalCorsProperties(),
                    new StandardEnvironment());
        }

        @Nullable Route find(ServerWebExchange exchange) {
            return lookupRoute(exchange).block();
        }
    }

    private String any(String[] of) {
        return of[random.nextInt(of.length)];
    }

    private String pathPattern() {
        StringBuilder pattern = new StringBuilder();
        int length = random.nextInt(4);
        for (int i = 0; i < length; i++) {
            pattern.append('/').append(any(PATTERNS).replace("{v}", "{v" + i + "}").replace("{n:", "{n" + i + ":"));
        }
        return switch (random.nextInt(5)) {
            case 0 -> pattern + "/**";
            case 1 -> pattern + "/{*rest}";
            case 2 -> pattern + "/";
            default -> pattern.isEmpty() ? "/" : pattern.toString();
        };
    }

    private LiveRoute route(int n) {
        List<String> predicates = new ArrayList<>();
        if (random.nextInt(10) > 0) {
            predicates.add("Path=" + pathPattern() + (random.nextInt(4) == 0 ? "," + pathPattern() : ""));
        }
        if (random.nextInt(3) == 0) {
            predicates.add("Host=" + any(HOST_PATTERNS) + (random.nextInt(3) == 0 ? "," + any(HOST_PATTERNS) : ""));
        }
        if (random.nextInt(3) == 0) {
            predicates.add("Method=" + any(METHODS) + (random.nextBoolean() ? "," + any(METHODS) : ""));
        }
        if (random.nextInt(4) == 0) {
            predicates.add("Header=X-Test");
        }
        if (random.nextInt(8) == 0) {
            predicates.add("Query=q");
        }
        return compiler.compile(Springs.parse(
                Springs.route("r" + n, random.nextInt(5) - 2, random.nextInt(3), predicates.toArray(String[]::new))));
    }

    private ServerWebExchange request() {
        StringBuilder path = new StringBuilder();
        int length = random.nextInt(4);
        for (int i = 0; i < length; i++) {
            path.append('/').append(any(SEGMENTS));
        }
        if (path.isEmpty() || random.nextInt(5) == 0) {
            path.append('/');
        }
        MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.method(
                HttpMethod.valueOf(any(METHODS)), java.net.URI.create("http://h" + path + (random.nextInt(6) == 0 ? "?q=1" : "")));
        if (random.nextInt(10) > 0) {
            request.header("Host", any(HOSTS));
        }
        if (random.nextInt(3) == 0) {
            request.header("X-Test", "1");
        }
        return MockServerWebExchange.from(request.build());
    }

    private static @Nullable LiveRoute byIndex(RouteIndex early, RouteIndex late, ServerWebExchange exchange) {
        LiveRoute first = RouteChoice.choose(exchange, early::candidates).block();
        return first != null ? first : RouteChoice.choose(exchange, late::candidates).block();
    }

    @Test
    void theIndexFindsWhatSpringFinds() {
        int found = 0;
        for (int round = 0; round < 60; round++) {
            List<LiveRoute> routes = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                routes.add(route(i));
            }
            routes.sort(java.util.Comparator.comparing(LiveRoute::resource, SpringRouteResource.ORDER));
            Spring spring = new Spring(routes);
            RouteIndex early = new RouteIndex(routes.stream().filter(LiveRoute::early).toList());
            RouteIndex late = new RouteIndex(routes.stream().filter(route -> !route.early()).toList());
            for (int i = 0; i < 100; i++) {
                ServerWebExchange exchange = request();
                Route expected = spring.find(exchange);
                exchange.getAttributes().clear();
                LiveRoute actual = byIndex(early, late, exchange);
                assertThat(actual == null ? null : actual.route().getId())
                        .as("%s %s host %s of %s", exchange.getRequest().getMethod(), exchange.getRequest().getURI(), exchange.getRequest().getHeaders().get("Host"), routes)
                        .isEqualTo(expected == null ? null : expected.getId());
                found += expected == null ? 0 : 1;
            }
        }
        assertThat(found).as("requests that a route wanted").isGreaterThan(2000);
    }

    /** A few KiB of a route may not become millions of nodes. */
    @Test
    void howMuchARouteTakesInTheIndexIsBounded_andItIsFoundAllTheSame() {
        String deep = "/a".repeat(2000);
        LiveRoute one = compiler.compile(Springs.parse(Springs.route("deep", 0, 0, "Path=" + deep)));
        assertThat(one.keys().paths().get(0)).hasSizeLessThan(20);
        String hosts = String.join(",", java.util.Collections.nCopies(60, "h.example"));
        String paths = String.join(",", java.util.Collections.nCopies(60, "/p"));
        LiveRoute wide = compiler.compile(Springs.parse(Springs.route("wide", 0, 0, "Path=" + paths, "Host=" + hosts)));
        assertThat(wide.keys().hosts().size() * wide.keys().paths().size()).isLessThanOrEqualTo(512);
        RouteIndex index = new RouteIndex(List.of(one, wide));
        assertThat(index.candidates("x", org.springframework.http.server.PathContainer.parsePath(deep), "GET")).contains(one);
        assertThat(index.candidates("h.example", org.springframework.http.server.PathContainer.parsePath("/p"), "GET")).contains(wide);
    }

    @Test
    void aRouteAmongAThousandIsOneCandidate() {
        List<LiveRoute> routes = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            routes.add(compiler.compile(Springs.parse(Springs.route("r" + i, 0, 0, "Path=/app" + i + "/**"))));
        }
        RouteIndex index = new RouteIndex(routes);
        assertThat(index.candidates("a", org.springframework.http.server.PathContainer.parsePath("/app700/x"), "GET"))
                .extracting(LiveRoute::toString)
                .containsExactly("r700");
        assertThat(index.candidates("a", org.springframework.http.server.PathContainer.parsePath("/other"), "GET")).isEmpty();
    }
}
