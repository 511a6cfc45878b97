package io.weft.pilot.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.api.gateway.v1alpha1.SpringRoute;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.registry.spring.SpringCatalog;
import io.weft.pilot.registry.spring.SpringCatalog.Offer;
import io.weft.pilot.registry.spring.SpringCatalog.Shortcut;
import io.weft.pilot.state.MeshState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which SpringRoutes a proxy gets, and what they say. */
class SpringRoutesTest {

    private static final SpringCatalog CATALOG = new SpringCatalog(
            Map.of("Path", new Offer(List.of("patterns"), Shortcut.GATHER_LIST_TAIL_FLAG, null)),
            Map.of("StripPrefix", new Offer(List.of("parts"), Shortcut.DEFAULT, List.of("parts"))));

    private static String route(String namespace, String name, String spec) {
        return """
                apiVersion: gateway.weft.io/v1alpha1
                kind: SpringRoute
                metadata: {name: %s, namespace: %s}
                spec:
                """.formatted(name, namespace)
                + spec.indent(2);
    }

    private static Proxy knowing(Proxy proxy, @Nullable SpringCatalog catalog) {
        return Proxies.knowing(proxy, "spring-routes", catalog);
    }

    private static Generated generated(Proxy proxy, String... routes) {
        String[] all = new String[routes.length + 1];
        all[0] = MeshYaml.file("bookinfo.yaml") + "\n---\n" + MeshYaml.file("destination-rule-all.yaml");
        System.arraycopy(routes, 0, all, 1, routes.length);
        return Generated.of(MeshYaml.state(all), proxy);
    }

    private static SpringRoute sent(Generated generated, String name) {
        return Generated.unpack(generated.snapshot().of(ResourceType.SPRING_ROUTE).get(name).any(), SpringRoute.class);
    }

    @Test
    void aRoute_isSentWhole() {
        Generated generated = generated(knowing(Proxies.ingress(), null), route("default", "books", """
                id: Books
                uri: lb://reviews:9080/v2
                predicates: [Path=/books/**]
                filters: [{name: Retry, args: {statuses: [BAD_GATEWAY], backoff: {factor: 2}}}]
                order: -3
                metadata: {response-timeout: 200, tags: [a, true, {b: null}]}
                """));
        SpringRoute route = sent(generated, "default/books");
        assertThat(route.getName()).isEqualTo("default/books");
        assertThat(route.getId()).isEqualTo("Books");
        assertThat(route.getUri()).isEqualTo("lb://reviews:9080/v2");
        assertThat(route.getCluster()).isEqualTo("outbound|9080|v2|reviews.default.svc.cluster.local");
        assertThat(generated.names(ResourceType.CLUSTER)).contains(route.getCluster());
        assertThat(route.getPredicates(0).getArgsMap()).isEqualTo(Map.of("_genkey_0", "/books/**"));
        assertThat(route.getFilters(0).getName()).isEqualTo("Retry");
        assertThat(route.getFilters(0).getArgsMap()).isEqualTo(Map.of("statuses[0]", "BAD_GATEWAY", "backoff.factor", "2"));
        assertThat(route.getOrder()).isEqualTo(-3);
        assertThat(route.getMetadata().getFieldsOrThrow("response-timeout").getNumberValue()).isEqualTo(200);
        assertThat(route.getMetadata().getFieldsOrThrow("tags").getListValue().getValuesCount()).isEqualTo(3);
        assertThat(route.getCreated().getSeconds()).isPositive();
        assertThat(generated.snapshot().of(ResourceType.SPRING_ROUTE).get("default/books").any().getTypeUrl())
                .isEqualTo("type.googleapis.com/weft.gateway.v1alpha1.SpringRoute")
                .isEqualTo(ResourceType.SPRING_ROUTE.typeUrl());
    }

    @ParameterizedTest
    @CsvSource({
        "lb://reviews, outbound|9080||reviews.default.svc.cluster.local",
        "lb:ws://reviews, outbound|9080||reviews.default.svc.cluster.local",
        "lb://reviews/v3, outbound|9080|v3|reviews.default.svc.cluster.local",
        "lb://reviews.default.svc.cluster.local:9080, outbound|9080||reviews.default.svc.cluster.local",
        "lb://several, outbound|80||several.default.svc.cluster.local",
        "lb://several:81, outbound|81||several.default.svc.cluster.local",
        "lb://mixed, outbound|7000||mixed.default.svc.cluster.local",
        "lb://nobody, outbound|80||nobody.default.svc.cluster.local",
        "lb://nobody:8080/v9, outbound|8080|v9|nobody.default.svc.cluster.local",
        "http://example.org, ''",
        "forward:/x, ''",
        "mesh:///, ''"
    })
    void clusters(String uri, String cluster) {
        String services = """
                apiVersion: v1
                kind: Service
                metadata: {name: several, namespace: default}
                spec: {ports: [{name: http, port: 80}, {name: http-b, port: 81}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: mixed, namespace: default}
                spec: {ports: [{name: tcp-a, port: 3000}, {name: http-b, port: 7000}]}
                """;
        Generated generated = generated(knowing(Proxies.ingress(), null), services, route("default", "r", "uri: " + uri));
        assertThat(sent(generated, "default/r").getCluster()).isEqualTo(cluster);
    }

    @Test
    void onlyProxiesThatKnowThem_andAreSelected_getThem() {
        String all = route("default", "all", "uri: mesh:///");
        String egress = route("default", "egress", "uri: mesh:///\nselector: {istio: egressgateway}");
        String reviews = route("default", "reviews", "uri: mesh:///\nselector: {app: reviews}");
        String foreign = route("other", "foreign", "uri: mesh:///\nselector: {app: reviews}");
        String root = route("istio-system", "root", "uri: mesh:///\nselector: {app: reviews}");
        String[] routes = {all, egress, reviews, foreign, root};
        Proxy sidecar = Proxies.sidecar("reviews", "v1", 9080, 21001, 20001);

        assertThat(generated(Proxies.ingress(), routes).names(ResourceType.SPRING_ROUTE)).isEmpty();
        assertThat(generated(knowing(Proxies.ingress(), null), routes).names(ResourceType.SPRING_ROUTE)).containsExactly("default/all");
        assertThat(generated(knowing(Proxies.egress(), null), routes).names(ResourceType.SPRING_ROUTE))
                .containsExactly("default/all", "default/egress");
        assertThat(generated(knowing(sidecar, null), routes).names(ResourceType.SPRING_ROUTE))
                .containsExactly("default/reviews", "istio-system/root");
    }

    @Test
    void aGatewayThatLacksAFilter_doesNotGetTheRoute() {
        String strip = route("default", "strip", "uri: mesh:///\nfilters: [StripPrefix=1]");
        String add = route("default", "add", "uri: mesh:///\nfilters: [AddRequestHeader=a]");
        assertThat(generated(knowing(Proxies.ingress(), CATALOG), strip, add).names(ResourceType.SPRING_ROUTE))
                .containsExactly("default/strip");
        assertThat(generated(knowing(Proxies.ingress(), null), strip, add).names(ResourceType.SPRING_ROUTE))
                .as("who has not said what it has is asked by sending")
                .containsExactly("default/add", "default/strip");
    }

    @Test
    void theCluster_isThereEvenIfTheGatewaysNamespaceDoesNotSeeTheService() {
        String hidden = """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: hidden, namespace: team}
                spec:
                  hosts: [hidden.example]
                  exportTo: ['.']
                  location: MESH_INTERNAL
                  resolution: STATIC
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  endpoints: [{address: 127.0.0.1}]
                """;
        Proxy gateway = knowing(Proxies.ingress(), null);
        String cluster = "outbound|80||hidden.example";
        assertThat(generated(gateway, hidden).names(ResourceType.CLUSTER)).doesNotContain(cluster);

        Generated generated = generated(gateway, hidden, route("team", "r", "uri: lb://hidden.example"));
        assertThat(generated.names(ResourceType.CLUSTER)).contains(cluster);
        assertThat(generated.names(ResourceType.ENDPOINT)).contains(cluster);
        assertThat(generated(gateway, hidden, route("default", "r", "uri: lb://hidden.example")).names(ResourceType.CLUSTER))
                .as("another namespace does not get at it by a route")
                .doesNotContain(cluster);
    }

    @ParameterizedTest
    @ValueSource(strings = {"header-and-balance", "circuit-breaker-fallback", "before-the-mesh", "path-rewrite"})
    void theExamples_workWithBookinfo(String example) throws IOException {
        String yaml = Files.readString(Path.of("..", "k8s", "spring-routes", example + ".yaml"));
        Generated generated = generated(knowing(Proxies.ingress(), null), yaml);
        assertThat(generated.names(ResourceType.SPRING_ROUTE)).hasSize(MeshYaml.objects(yaml).size());
        for (String name : generated.names(ResourceType.SPRING_ROUTE)) {
            SpringRoute route = sent(generated, name);
            if (route.getUri().startsWith("lb:")) {
                assertThat(generated.names(ResourceType.CLUSTER)).contains(route.getCluster());
            }
        }
        assertThat(generated(knowing(Proxies.egress(), null), yaml).names(ResourceType.SPRING_ROUTE)).isEmpty();
    }

    @Test
    void whatDidNotChange_isNotMadeAgain() {
        String bookinfo = MeshYaml.file("bookinfo.yaml");
        String one = route("default", "one", "uri: lb://reviews");
        Proxy gateway = knowing(Proxies.ingress(), CATALOG);
        MeshState before = MeshYaml.state(bookinfo, one, route("default", "two", "uri: mesh:///"));
        MeshState after = MeshYaml.state(bookinfo, one, route("default", "two", "uri: mesh:///\norder: 1"));
        Generator generator = new Generator(before);
        Snapshot first = generator.generate(gateway);
        Snapshot second = generator.next(after).generate(gateway);
        assertThat(second.of(ResourceType.SPRING_ROUTE).get("default/one"))
                .isSameAs(first.of(ResourceType.SPRING_ROUTE).get("default/one"));
        assertThat(second.of(ResourceType.SPRING_ROUTE).get("default/two"))
                .isNotEqualTo(first.of(ResourceType.SPRING_ROUTE).get("default/two"));
    }
}
