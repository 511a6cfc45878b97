package io.weft.pilot.model.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.model.Problem;
import io.weft.pilot.model.SpringRoute;
import io.weft.pilot.model.SpringUri;
import io.weft.pilot.validate.Validator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A route definition in the forms Spring Cloud Gateway takes, and what is refused. */
class SpringRouteReaderTest {

    private static final String HEAD = """
            apiVersion: gateway.weft.io/v1alpha1
            kind: SpringRoute
            metadata: {name: books}
            spec:
            """;

    private static ParseOutcome parse(String spec) throws UnreadableException {
        return ObjectParser.parse(YamlReader.read(HEAD + spec.indent(2)));
    }

    private static SpringRoute route(String spec) throws UnreadableException {
        ParseOutcome outcome = parse(spec);
        assertThat(outcome.problems()).isEmpty();
        SpringRoute route = (SpringRoute) outcome.object();
        assertThat(Validator.validate(route)).isEmpty();
        return route;
    }

    private static List<Problem> problems(String spec) throws UnreadableException {
        ParseOutcome outcome = parse(spec);
        return outcome.object() == null ? outcome.problems() : Validator.validate(outcome.object());
    }

    private static String filter(String yaml) {
        return "uri: mesh:///\nfilters:\n- " + yaml.replace("\n", "\n  ");
    }

    @Test
    void shortcutsAndFullForms_areReadAsSpringCloudGatewayReadsThem() throws Exception {
        SpringRoute route = route("""
                selector: {istio: ingressgateway}
                id: books.v1
                uri: lb://reviews:9080/v2
                predicates:
                - Path=/books/**, /shelf/{id} ,,
                - {name: Weight, args: {group: g, weight: 8}}
                - name: Path
                  args: {patterns: [/a, '/b,c'], matchTrailingSlash: false}
                filters:
                - PreserveHostHeader
                - AddRequestHeader=X-Kind,book
                - name: Retry
                  args:
                    retries: 3
                    statuses: [BAD_GATEWAY, 503]
                    backoff: {firstBackoff: 10ms, factor: 2}
                - name: RequestRateLimiter
                  args: {redis-rate-limiter.replenishRate: 10}
                order: -1
                metadata: {response-timeout: 200, team: {name: shop, tags: [a, 1, true]}}
                """);
        assertThat(route.selector()).isEqualTo(Map.of("istio", "ingressgateway"));
        assertThat(route.routeId()).isEqualTo("books.v1");
        assertThat(route.uri()).isEqualTo(SpringUri.service("lb://reviews:9080/v2", "reviews", 9080, "v2"));
        assertThat(route.predicates().get(0))
                .isEqualTo(new SpringRoute.Factory("Path", Map.of("_genkey_0", "/books/**", "_genkey_1", "/shelf/{id}")));
        assertThat(route.predicates().get(1)).isEqualTo(new SpringRoute.Factory("Weight", Map.of("group", "g", "weight", "8")));
        assertThat(route.predicates().get(2).args())
                .isEqualTo(Map.of("patterns[0]", "/a", "patterns[1]", "/b,c", "matchTrailingSlash", "false"));
        assertThat(route.filters().get(0)).isEqualTo(new SpringRoute.Factory("PreserveHostHeader", Map.of()));
        assertThat(route.filters().get(1).args()).isEqualTo(Map.of("_genkey_0", "X-Kind", "_genkey_1", "book"));
        assertThat(route.filters().get(2).args())
                .isEqualTo(Map.of(
                        "retries", "3",
                        "statuses[0]", "BAD_GATEWAY",
                        "statuses[1]", "503",
                        "backoff.firstBackoff", "10ms",
                        "backoff.factor", "2"));
        assertThat(route.filters().get(3).args()).isEqualTo(Map.of("redis-rate-limiter.replenishRate", "10"));
        assertThat(route.orderOrDefault()).isEqualTo(-1);
        assertThat(route.metadata()).isEqualTo(
                Map.of("response-timeout", 200L, "team", Map.of("name", "shop", "tags", List.of("a", 1L, true))));
    }

    @Test
    void theLeast_isAUri() throws Exception {
        SpringRoute route = route("uri: mesh:///");
        assertThat(route.routeId()).isEqualTo("books");
        assertThat(route.orderOrDefault()).isZero();
        assertThat(route.predicates()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "http://example.org, HOST",
        "https://example.org:8443/ignored, HOST",
        "http://127.0.0.1:8000, HOST",
        "'http://[::1]:8000', HOST",
        "ws://example.org, HOST",
        "wss://example.org:443, HOST",
        "lb://reviews, SERVICE",
        "lb://reviews/v2, SERVICE",
        "lb://reviews:9080/, SERVICE",
        "LB://reviews:9080, SERVICE",
        "lb://reviews.default.svc.cluster.local:9080/v2, SERVICE",
        "lb:ws://reviews:9080, SERVICE",
        "lb:wss://reviews, SERVICE",
        "forward:/fallback, FORWARD",
        "forward:///fallback, FORWARD",
        "mesh:///, MESH"
    })
    void uris(String uri, SpringUri.Scheme scheme) throws Exception {
        assertThat(route("uri: '" + uri + "'").uri().scheme()).isEqualTo(scheme);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "reviews", "/path", "ftp://example.org", "http://", "http:///x", "http://user:secret@example.org", "http://example.org#x",
        "http://example.org:0", "http://example.org:70000", "http://exa mple.org", "https://ex\u00e4mple.org", "lb://", "lb://re_views", "lb://reviews:",
        "lb://reviews:0", "lb://reviews:65536", "lb://reviews:9080x", "lb://reviews/v2/x", "lb://reviews/V2", "lb://a@b", "lb:ftp://reviews", "forward:x", "forward://host/x",
        "forward:", "mesh://reviews", "mesh:///x", "no://op"
    })
    void uris_thatAreRefused(String uri) throws Exception {
        assertThat(problems("uri: '" + uri + "'")).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo("spec.uri");
            assertThat(problem.message()).contains("expected:");
        });
    }

    @Test
    void aSchemeThatIsNearlyOne_getsAHint() throws Exception {
        assertThat(problems("uri: htp://example.org").get(0).message()).contains("perhaps `http:`");
        assertThat(problems("uri: ''").get(0).message()).contains("lb://SERVICE");
        assertThat(problems("order: 1").get(0)).isEqualTo(Problem.missing("spec.uri", "a string"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "uri: mesh:///\\npredicate: [] | spec.predicate | did you mean `predicates`?",
        "uri: mesh:///\\nenabled: false | spec.enabled | a route that is not wanted is deleted",
        "uri: mesh:///\\norder: 3000000000 | spec.order | a whole number",
        "uri: mesh:///\\nselector: {istio: 1} | spec.selector.istio | put it in quotes",
        "uri: mesh:///\\nselector: {istio: 'a b'} | spec.selector.istio | a label value",
        "uri: mesh:///\\nid: 'a b' | spec.id | letters, digits",
        "uri: mesh:///\\nid: a/b | spec.id | letters, digits",
        "uri: mesh:///\\npredicates: Path=/a | spec.predicates | a list",
        "uri: mesh:///\\npredicates: [Path] | spec.predicates[0] | Name=argument",
        "uri: mesh:///\\npredicates: [=x] | spec.predicates[0] | Name=argument",
        "uri: mesh:///\\npredicates: [7] | spec.predicates[0] | neither text nor a mapping",
        "uri: mesh:///\\nfilters: [=x] | spec.filters[0] | Name=argument",
        "uri: mesh:///\\nfilters: ['Add Header=x'] | spec.filters[0].name | short name",
        "uri: mesh:///\\nfilters: [{args: {}}] | spec.filters[0].name | missing",
        "uri: mesh:///\\nfilters: [{name: A, arg: {}}] | spec.filters[0].arg | did you mean `args`?",
        "uri: mesh:///\\nfilters: [{name: A, args: [a]}] | spec.filters[0].args | a mapping",
        "uri: mesh:///\\nfilters: [{name: A, args: {a: }}] | spec.filters[0].args.a | null",
        "uri: mesh:///\\nfilters: [{name: A, args: {a: {b: 1}, a.b: 2}}] | spec.filters[0].args.a.b | twice",
        "uri: mesh:///\\nfilters: [{name: A, args: {_genkey_0: x, b: y}}] | spec.filters[0].args | all or none",
        "uri: mesh:///\\nfilters: ['A=#{@bean}'] | spec.filters[0].args._genkey_0 | never evaluate SpEL",
        "uri: mesh:///\\nfilters: [{name: A, args: {a: {b: ['x #{T(Runtime)}']}}}] | spec.filters[0].args.a.b[0] | never evaluate SpEL",
        "uri: mesh:///\\nfilters: [{name: A, args: {'#{x}': y}}] | spec.filters[0].args.#{x} | an argument's name",
        "uri: mesh:///\\nfilters: [\"A=x\\x0aSet-Cookie: y\"] | spec.filters[0].args._genkey_0 | no control characters",
        "uri: 'http://example.org/#{x}' | spec.uri | neither user nor fragment",
        "uri: mesh:///\\nmetadata: {a: {b: ['#{x}']}} | spec.metadata.a.b[0] | never evaluate SpEL",
        "uri: mesh:///\\nmetadata: [a] | spec.metadata | a mapping"
    })
    void refusals_sayWhereAndWhat(String spec, String field, String message) throws Exception {
        assertThat(problems(spec.replace("\\n", "\n"))).anySatisfy(problem -> {
            assertThat(problem.field()).isEqualTo(field);
            assertThat(problem.message()).contains(message);
        });
    }

    @Test
    void everythingIsBounded() throws Exception {
        assertThat(problems("uri: mesh:///\npredicates: [" + "'Path=/a',".repeat(33) + "]").get(0).message()).contains("at most 32");
        assertThat(problems("uri: mesh:///\nfilters: [" + "A,".repeat(65) + "]").get(0).message()).contains("at most 64");
        assertThat(problems(filter("A=" + "a,".repeat(65))).get(0).message()).contains("at most 64");
        assertThat(problems(filter("{name: A, args: {a: [" + "a,".repeat(65) + "]}}")).get(0).message()).contains("too many arguments");
        assertThat(problems(filter("A=" + "a".repeat(4097))).get(0).message()).contains("at most 4096");
        String large = "- A=" + "a".repeat(4000) + "\n";
        assertThat(problems("uri: mesh:///\nfilters:\n" + large.repeat(20)).get(0).message()).contains("at most 65536");
        assertThat(problems("uri: mesh:///\nmetadata: {a: [" + ("'" + "a".repeat(1000) + "',").repeat(20) + "]}").get(0).message())
                .contains("at most 16384");
        assertThat(problems("uri: mesh:///\nmetadata: {a: " + "{a: ".repeat(9) + "1" + "}".repeat(9) + "}").get(0).message())
                .contains("nested too deeply");
        assertThat(problems("uri: http://" + "a".repeat(2050)).get(0).message()).contains("at most 2048");
    }

    @Test
    void aCommaSeparates_alwaysInShortcuts_neverInFullForm() throws Exception {
        assertThat(route(filter("A='x,y',\"z\"")).filters().get(0).args())
                .as("there is no quoting")
                .isEqualTo(Map.of("_genkey_0", "'x", "_genkey_1", "y'", "_genkey_2", "\"z\""));
        assertThat(route(filter("{name: A, args: {a: 'x,y'}}")).filters().get(0).args()).isEqualTo(Map.of("a", "x,y"));
        assertThat(route(filter("RewritePath=/(?<a>.*), /$\\{a}=b")).filters().get(0).args())
                .isEqualTo(Map.of("_genkey_0", "/(?<a>.*)", "_genkey_1", "/$\\{a}=b"));
    }

    @Test
    void keysThatAreNoPlainWords_areFoundAgainInBrackets() throws Exception {
        assertThat(route(filter("{name: A, args: {map: {X.Y: 1, plain-word: 2}}}")).filters().get(0).args())
                .isEqualTo(Map.of("map[X.Y]", "1", "map.plain-word", "2"));
    }

    @Test
    void whoIsSelected() throws Exception {
        SpringRoute all = route("uri: mesh:///");
        SpringRoute some = route("uri: mesh:///\nselector: {app: shop}");
        Map<String, String> shop = Map.of("app", "shop", "version", "v1");
        assertThat(all.selects(true, "other", Map.of(), "istio-system")).as("every gateway").isTrue();
        assertThat(all.selects(false, "default", shop, "istio-system")).as("a sidecar only by name").isFalse();
        assertThat(some.selects(true, "other", shop, "istio-system")).isTrue();
        assertThat(some.selects(true, "other", Map.of("app", "till"), "istio-system")).isFalse();
        assertThat(some.selects(false, "default", shop, "istio-system")).isTrue();
        assertThat(some.selects(false, "other", shop, "istio-system")).as("not another team's sidecar").isFalse();
        assertThat(some.selects(false, "other", shop, "default")).as("the root namespace rules everywhere").isTrue();
    }
}
