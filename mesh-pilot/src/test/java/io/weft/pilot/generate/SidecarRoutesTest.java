package io.weft.pilot.generate;

import static io.weft.pilot.generate.BookinfoRoutes.REVIEWS;
import static io.weft.pilot.generate.BookinfoRoutes.fromDefault;
import static io.weft.pilot.generate.BookinfoRoutes.generated;
import static io.weft.pilot.generate.BookinfoRoutes.virtualService;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.state.MeshState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The hosts a sidecar knows, and what becomes of requests to them and to others: page A.1 of the reference. */
class SidecarRoutesTest {

    @Test
    void withoutRules_theServiceIsTheRoute_withDefaultRetriesAndNoTimeout() {
        Route route = fromDefault().proxyRoutes(REVIEWS).get(0);

        assertThat(route.getRoute().getCluster()).isEqualTo("outbound|9080||reviews.default.svc.cluster.local");
        assertThat(route.getRoute().getTimeout().getSeconds()).isZero();
        assertThat(route.getRoute().getRetryPolicy().getNumRetries().getValue()).isEqualTo(2);
        assertThat(route.getRoute().getRetryPolicy().getRetryOn())
                .isEqualTo("connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes");
        assertThat(route.getRoute().getRetryPolicy().getRetriableStatusCodesList()).isEmpty();
        assertThat(route.getRoute().getRetryPolicy().getHostSelectionRetryMaxAttempts()).isEqualTo(5);
    }

    @Test
    void everyShortForm_isADomain_alsoWithItsPort() {
        assertThat(fromDefault().host("http_proxy", REVIEWS).getDomainsList())
                .containsExactlyInAnyOrder(
                        "reviews", "reviews:9080",
                        "reviews.default", "reviews.default:9080",
                        "reviews.default.svc", "reviews.default.svc:9080",
                        "reviews.default.svc.cluster.local", "reviews.default.svc.cluster.local:9080");
        assertThat(generated(Proxies.client("other", Map.of())).host("http_proxy", REVIEWS).getDomainsList())
                .doesNotContain("reviews", "reviews:9080")
                .contains("reviews.default");
    }

    @Test
    void whoLeavesTheMesh_doesNotTellWhoCalled() {
        String outside = """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: outside, namespace: default}
                spec:
                  hosts: [api.example.com]
                  location: MESH_EXTERNAL
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: STATIC
                  endpoints: [{address: 192.0.2.1}]
                """;
        Generated unruled = fromDefault(outside);
        assertThat(unruled.proxyRoutes("api.example.com:80").get(0).getRequestHeadersToRemoveList())
                .containsExactly("x-forwarded-client-cert");
        assertThat(unruled.proxyRoutes(REVIEWS).get(0).getRequestHeadersToRemoveList()).isEmpty();
        List<VirtualHost> hosts = unruled.routes("http_proxy").getVirtualHostsList();
        assertThat(hosts.get(hosts.size() - 1).getRoutes(0).getRequestHeadersToRemoveList())
                .containsExactly("x-forwarded-client-cert");

        Route partly = fromDefault(outside, virtualService("reviews", """
                        hosts: [reviews]
                        http:
                          - route:
                              - {destination: {host: reviews, subset: v1}, weight: 50}
                              - {destination: {host: api.example.com}, weight: 50}
                        """)).proxyRoutes(REVIEWS).get(0);
        assertThat(partly.getRequestHeadersToRemoveList()).isEmpty();
        assertThat(partly.getRoute().getWeightedClusters().getClustersList())
                .extracting(WeightedCluster.ClusterWeight::getRequestHeadersToRemoveList)
                .extracting(List::copyOf)
                .containsExactly(List.of(), List.of("x-forwarded-client-cert"));

        Route mirrored = fromDefault(outside, virtualService("reviews", """
                        hosts: [reviews]
                        http:
                          - route: [{destination: {host: reviews, subset: v1}}]
                            mirror: {host: api.example.com}
                        """)).proxyRoutes(REVIEWS).get(0);
        assertThat(mirrored.getRequestHeadersToRemoveList()).containsExactly("x-forwarded-client-cert");
    }

    @Test
    void theLastHost_isWhateverTheMeshDoesNotKnow() {
        List<VirtualHost> hosts = fromDefault().routes("http_proxy").getVirtualHostsList();
        VirtualHost last = hosts.get(hosts.size() - 1);
        assertThat(last.getName()).isEqualTo("allow_any");
        assertThat(last.getRoutes(0).getRoute().getCluster()).isEqualTo("PassthroughCluster");

        List<VirtualHost> blocked = fromDefault("""
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: default, namespace: default}
                spec:
                  egress: [{hosts: ["./*"]}]
                  outboundTrafficPolicy: {mode: REGISTRY_ONLY}
                """).routes("http_proxy").getVirtualHostsList();
        VirtualHost block = blocked.get(blocked.size() - 1);
        assertThat(block.getName()).isEqualTo("block_all");
        assertThat(block.getRoutes(0).getDirectResponse().getStatus()).isEqualTo(502);
    }

    @Test
    void sidecarEgress_importsOnlyWhatItNames() {
        Generated generated = fromDefault("""
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: default, namespace: default}
                spec:
                  egress: [{hosts: ["./reviews.default.svc.cluster.local"]}]
                """);

        assertThat(generated.routes("http_proxy").getVirtualHostsList())
                .extracting(VirtualHost::getName)
                .containsExactly(REVIEWS, "allow_any");
        assertThat(generated.names(ResourceType.CLUSTER)).doesNotContain("outbound|9080||details.default.svc.cluster.local");
    }

    @Test
    void anEgressListenerWithOneService_answersToAnyName() {
        Generated generated = fromDefault("""
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: default, namespace: default}
                spec:
                  egress:
                    - port: {number: 9080, name: http, protocol: HTTP}
                      bind: 127.0.0.1
                      hosts: ["./reviews.default.svc.cluster.local"]
                    - hosts: ["./*"]
                """);

        assertThat(generated.listener("127.0.0.1_9080").getAddress().getSocketAddress().getPortValue()).isEqualTo(9080);
        assertThat(generated.host("9080", REVIEWS).getDomainsList()).containsExactly("*");
    }

    @Test
    void aServiceOfTheOwnNamespace_hidesAnOlderOneOfTheSameHost() {
        MeshState state = MeshYaml.state(
                entry("a", "10.0.0.1"), entry("b", "10.0.0.2"));

        Generated generated = Generated.of(state, Proxies.client("b", Map.of()));

        assertThat(generated.endpoints("outbound|80||shared.example")
                        .getEndpoints(0)
                        .getLbEndpoints(0)
                        .getEndpoint()
                        .getAddress()
                        .getSocketAddress()
                        .getAddress())
                .isEqualTo("10.0.0.2");
    }

    private static String entry(String namespace, String address) {
        return """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: shared, namespace: %s}
                spec:
                  hosts: [shared.example]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: STATIC
                  endpoints: [{address: %s}]
                """
                .formatted(namespace, address);
    }
}
