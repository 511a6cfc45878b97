package io.weft.pilot.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.state.MeshState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user's VirtualService means for a sidecar: page A.1 of the reference. */
class SidecarRoutesTest {

    private static final String REVIEWS = "reviews.default.svc.cluster.local:9080";
    private static final String V1 = "outbound|9080|v1|reviews.default.svc.cluster.local";
    private static final String V2 = "outbound|9080|v2|reviews.default.svc.cluster.local";
    private static final String V3 = "outbound|9080|v3|reviews.default.svc.cluster.local";

    private static Generated generated(Proxy proxy, String... yaml) {
        String[] all = new String[yaml.length + 2];
        all[0] = MeshYaml.file("bookinfo.yaml");
        all[1] = MeshYaml.file("destination-rule-all.yaml");
        System.arraycopy(yaml, 0, all, 2, yaml.length);
        return Generated.of(MeshYaml.state(all), proxy);
    }

    private static Generated fromDefault(String... yaml) {
        return generated(Proxies.client("default", Map.of("app", "productpage")), yaml);
    }

    private static String virtualService(String name, String spec) {
        return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: " + name + ", namespace: default}\nspec:\n"
                + spec.indent(2);
    }

    private static List<Route> reviews(String rules) {
        return fromDefault(virtualService("reviews", "hosts: [reviews]\nhttp:\n" + rules)).proxyRoutes(REVIEWS);
    }

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
    void rulesKeepTheirOrder_andWhatStandsBehindACatchAllIsDropped() {
        List<Route> routes = reviews("""
                - match: [{headers: {end-user: {exact: jason}}}]
                  route: [{destination: {host: reviews, subset: v2}}]
                - route: [{destination: {host: reviews, subset: v1}}]
                - match: [{uri: {prefix: /never}}]
                  route: [{destination: {host: reviews, subset: v3}}]
                """);

        assertThat(routes).extracting(route -> route.getRoute().getCluster()).containsExactly(V2, V1);
        assertThat(routes.get(0).getMatch().getHeaders(0).getName()).isEqualTo("end-user");
        assertThat(routes.get(0).getMatch().getHeaders(0).getStringMatch().getExact()).isEqualTo("jason");
    }

    @Test
    void matchBlocks_areAlternatives_conditionsAreNot() {
        List<Route> routes = reviews("""
                - match:
                    - uri: {prefix: /a}
                      method: {exact: GET}
                    - uri: {exact: /b}
                      ignoreUriCase: true
                  route: [{destination: {host: reviews, subset: v1}}]
                """);

        assertThat(routes).hasSize(2);
        assertThat(routes.get(0).getMatch().getPrefix()).isEqualTo("/a");
        assertThat(routes.get(0).getMatch().getHeaders(0).getName()).isEqualTo(":method");
        assertThat(routes.get(1).getMatch().getPath()).isEqualTo("/b");
        assertThat(routes.get(1).getMatch().getCaseSensitive().getValue()).isFalse();
    }

    @Test
    void aMissingHeader_isNotMatching_soWithoutHeadersHolds() {
        List<Route> routes = reviews("""
                - match: [{withoutHeaders: {x-a: {exact: b}, x-gone: {}}}]
                  route: [{destination: {host: reviews, subset: v1}}]
                """);

        var value = routes.get(0).getMatch().getHeaders(0);
        assertThat(value.getInvertMatch()).isTrue();
        assertThat(value.getTreatMissingHeaderAsEmpty()).isTrue();
        var presence = routes.get(0).getMatch().getHeaders(1);
        assertThat(presence.getPresentMatch()).isTrue();
        assertThat(presence.getInvertMatch()).isTrue();
        assertThat(presence.getTreatMissingHeaderAsEmpty()).isFalse();
    }

    @Test
    void sourceLabels_selectProxies_notRequests() {
        String rules = virtualService("reviews", """
                hosts: [reviews]
                http:
                  - match: [{sourceLabels: {app: productpage}}]
                    route: [{destination: {host: reviews, subset: v2}}]
                  - match: [{sourceNamespace: other}]
                    route: [{destination: {host: reviews, subset: v3}}]
                  - route: [{destination: {host: reviews, subset: v1}}]
                """);

        assertThat(clusters(fromDefault(rules))).containsExactly(V2);
        assertThat(clusters(generated(Proxies.client("default", Map.of("app", "x")), rules))).containsExactly(V1);
        assertThat(clusters(generated(Proxies.client("other", Map.of()), rules))).containsExactly(V3);
    }

    private static List<String> clusters(Generated generated) {
        return generated.proxyRoutes(REVIEWS).stream().map(route -> route.getRoute().getCluster()).toList();
    }

    @Test
    void weights_areRelative_zeroIsNothing_andASingleOneIsEverything() {
        Route split = reviews("""
                - route:
                    - {destination: {host: reviews, subset: v1}, weight: 1}
                    - {destination: {host: reviews, subset: v2}, weight: 0}
                    - {destination: {host: reviews, subset: v3}, weight: 1}
                """).get(0);
        assertThat(split.getRoute().getWeightedClusters().getClustersList())
                .extracting(WeightedCluster.ClusterWeight::getName)
                .containsExactly(V1, V3);

        Route single = reviews("- route: [{destination: {host: reviews, subset: v1}, weight: 5}]\n").get(0);
        assertThat(single.getRoute().getCluster()).isEqualTo(V1);
    }

    @Test
    void retries_zeroIsOff_andNumbersAreStatusCodes() {
        assertThat(reviews("""
                - retries: {attempts: 0}
                  route: [{destination: {host: reviews, subset: v1}}]
                """).get(0).getRoute().hasRetryPolicy()).isFalse();

        var policy = reviews("""
                - retries: {attempts: 4, perTryTimeout: 500ms, retryOn: "connect-failure, 503"}
                  route: [{destination: {host: reviews, subset: v1}}]
                """).get(0).getRoute().getRetryPolicy();
        assertThat(policy.getNumRetries().getValue()).isEqualTo(4);
        assertThat(policy.getRetriableStatusCodesList()).containsExactly(503);
        assertThat(policy.getRetryOn()).isEqualTo("connect-failure,retriable-status-codes");
        assertThat(policy.getPerTryTimeout().getNanos()).isEqualTo(500_000_000);
    }

    @Test
    void aFault_withoutAShare_isNone_andSwitchesTimeoutsAndRetriesOff() {
        Route none = reviews("""
                - fault: {delay: {fixedDelay: 2s}}
                  timeout: 1s
                  route: [{destination: {host: reviews, subset: v1}}]
                """).get(0);
        assertThat(none.getTypedPerFilterConfigMap()).isEmpty();
        assertThat(none.getRoute().hasRetryPolicy()).isFalse();
        assertThat(none.getRoute().getTimeout().getSeconds()).isZero();

        HTTPFault both = Generated.unpack(
                reviews("""
                        - fault:
                            delay: {fixedDelay: 7s, percentage: {value: 100}}
                            abort: {httpStatus: 500, percentage: {value: 0.1}}
                          route: [{destination: {host: reviews, subset: v1}}]
                        """).get(0).getTypedPerFilterConfigOrThrow("envoy.filters.http.fault"),
                HTTPFault.class);
        assertThat(both.getDelay().getFixedDelay().getSeconds()).isEqualTo(7);
        assertThat(both.getDelay().getPercentage().getNumerator()).isEqualTo(1_000_000);
        assertThat(both.getAbort().getHttpStatus()).isEqualTo(500);
        assertThat(both.getAbort().getPercentage().getNumerator()).isEqualTo(1_000);
    }

    @Test
    void aMirror_withoutAShare_isEverything_andZeroIsNone() {
        RouteAction all = reviews("""
                - mirror: {host: reviews, subset: v3}
                  route: [{destination: {host: reviews, subset: v1}}]
                """).get(0).getRoute();
        assertThat(all.getRequestMirrorPolicies(0).getCluster()).isEqualTo(V3);
        assertThat(all.getRequestMirrorPolicies(0).getRuntimeFraction().getDefaultValue().getNumerator())
                .isEqualTo(1_000_000);
        assertThat(all.getRequestMirrorPolicies(0).getDisableShadowHostSuffixAppend()).isTrue();

        assertThat(reviews("""
                - mirror: {host: reviews, subset: v3}
                  mirrorPercentage: {value: 0}
                  route: [{destination: {host: reviews, subset: v1}}]
                """).get(0).getRoute().getRequestMirrorPoliciesList()).isEmpty();
    }

    @Test
    void redirectsAndRewrites() {
        RedirectAction redirect = reviews("""
                - match: [{uri: {prefix: /old}}]
                  redirect: {uri: /new, authority: other.example}
                """).get(0).getRedirect();
        assertThat(redirect.getPathRedirect()).isEqualTo("/new");
        assertThat(redirect.getHostRedirect()).isEqualTo("other.example");
        assertThat(redirect.getResponseCode()).isEqualTo(RedirectAction.RedirectResponseCode.MOVED_PERMANENTLY);

        RouteAction rewrite = reviews("""
                - match: [{uri: {prefix: /foo}}]
                  rewrite: {uri: /, authority: other.example}
                  route: [{destination: {host: reviews, subset: v1}}]
                """).get(0).getRoute();
        assertThat(rewrite.getPrefixRewrite()).isEqualTo("/");
        assertThat(rewrite.getHostRewriteLiteral()).isEqualTo("other.example");
    }

    @Test
    void theAuthority_isRewritten_notSetAsAHeader_andAStrayPercentIsHarmless() {
        Route route = reviews("""
                - headers: {request: {set: {Host: other.example, x-share: "50% of %START_TIME%"}}}
                  route: [{destination: {host: reviews, subset: v1}}]
                """).get(0);

        assertThat(route.getRoute().getHostRewriteLiteral()).isEqualTo("other.example");
        assertThat(route.getRequestHeadersToAddList()).hasSize(1);
        assertThat(route.getRequestHeadersToAdd(0).getHeader().getValue()).isEqualTo("50%% of %START_TIME%");
    }

    @Test
    void ofTwoRulesForOneHost_theOlderWinsInsideTheMesh() {
        List<Route> routes = fromDefault(
                        virtualService("b-older", "hosts: [reviews]\nhttp:\n- route: [{destination: {host: reviews, subset: v1}}]\n"),
                        virtualService("a-newer", "hosts: [reviews]\nhttp:\n- route: [{destination: {host: reviews, subset: v2}}]\n"))
                .proxyRoutes(REVIEWS);

        assertThat(routes).extracting(route -> route.getRoute().getCluster()).containsExactly(V1);
    }

    @Test
    void rulesForAGateway_doNotHoldInTheMesh_exceptWhereAMatchSaysSo() {
        List<Route> routes = fromDefault(virtualService("reviews", """
                hosts: [reviews]
                gateways: [mesh, edge]
                http:
                  - match: [{gateways: [edge]}]
                    route: [{destination: {host: reviews, subset: v3}}]
                  - match: [{gateways: [mesh], port: 9080}]
                    route: [{destination: {host: reviews, subset: v2}}]
                  - match: [{port: 1}]
                    route: [{destination: {host: reviews, subset: v1}}]
                """)).proxyRoutes(REVIEWS);

        assertThat(routes).extracting(route -> route.getRoute().getCluster()).containsExactly(V2);
    }

    @Test
    void exportTo_hidesRules() {
        String hidden = virtualService(
                "reviews", "hosts: [reviews]\nexportTo: [\".\"]\nhttp:\n- route: [{destination: {host: reviews, subset: v1}}]\n");

        assertThat(clusters(fromDefault(hidden))).containsExactly(V1);
        assertThat(clusters(generated(Proxies.client("other", Map.of()), hidden)))
                .containsExactly("outbound|9080||reviews.default.svc.cluster.local");
    }

    @Test
    void aDelegate_fillsIn_withinTheRootsMatch() {
        List<Route> routes = fromDefault(
                        virtualService("root", """
                                hosts: [reviews]
                                http:
                                  - name: root
                                    match: [{uri: {prefix: /api}}]
                                    timeout: 4s
                                    delegate: {name: leaf, namespace: default}
                                """),
                        virtualService("leaf", """
                                http:
                                  - name: inside
                                    match: [{uri: {prefix: /api/v1}}]
                                    route: [{destination: {host: reviews, subset: v1}}]
                                  - name: outside
                                    match: [{uri: {prefix: /other}}]
                                    route: [{destination: {host: reviews, subset: v2}}]
                                """))
                .proxyRoutes(REVIEWS);

        assertThat(routes).hasSize(1);
        assertThat(routes.get(0).getName()).isEqualTo("root-inside");
        assertThat(routes.get(0).getMatch().getPrefix()).isEqualTo("/api/v1");
        assertThat(routes.get(0).getRoute().getTimeout().getSeconds()).isEqualTo(4);
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

    @Test
    void theRoutesAuthority_winsOverADestinations() {
        RouteAction both = reviews("""
                - rewrite: {authority: route.example}
                  route:
                    - destination: {host: reviews, subset: v1}
                      headers: {request: {set: {host: destination.example, x-a: b}}}
                """).get(0).getRoute();
        assertThat(both.getHostRewriteLiteral()).isEqualTo("route.example");
        assertThat(both.getWeightedClusters().getClusters(0).getHostRewriteLiteral()).isEmpty();

        RouteAction byHeaders = reviews("""
                - headers: {request: {set: {":authority": route.example}}}
                  route:
                    - destination: {host: reviews, subset: v1}
                      headers: {request: {set: {host: destination.example}}}
                """).get(0).getRoute();
        assertThat(byHeaders.getHostRewriteLiteral()).isEqualTo("route.example");
        assertThat(byHeaders.getWeightedClusters().getClusters(0).getHostRewriteLiteral()).isEmpty();

        RouteAction destinations = reviews("""
                - route:
                    - destination: {host: reviews, subset: v1}
                      headers: {request: {set: {host: destination.example}}}
                """).get(0).getRoute();
        assertThat(destinations.getWeightedClusters().getClusters(0).getHostRewriteLiteral()).isEqualTo("destination.example");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', value = {
        "scheme: https, port: 443 | 0",
        "scheme: http, port: 80 | 0",
        "scheme: https, port: 8443 | 8443",
        "scheme: http, port: 443 | 443",
        "port: 80 | 80",
        "scheme: https, derivePort: FROM_PROTOCOL_DEFAULT | 0",
        "derivePort: FROM_PROTOCOL_DEFAULT | 0",
        "derivePort: FROM_REQUEST_PORT | 9080",
    })
    void aRedirect_namesAPort_onlyIfItIsNotTheSchemesOwn(String redirect, int port) {
        Route route = reviews("- redirect: {uri: /new, " + redirect + "}\n").get(0);

        assertThat(route.getRedirect().getPortRedirect()).isEqualTo(port);
    }

    @Test
    void theMostSpecificHostRules_andOfEqualsTheOldest() {
        Generated generated = fromDefault(
                virtualService("a-wide", "hosts: [\"*.svc.cluster.local\"]\nhttp: [{route: [{destination: {host: reviews, subset: v1}}]}]"),
                virtualService("b-narrow", "hosts: [\"*.default.svc.cluster.local\"]\nhttp: [{route: [{destination: {host: reviews, subset: v2}}]}]"),
                virtualService("c-exact", "hosts: [reviews]\nhttp: [{route: [{destination: {host: reviews, subset: v3}}]}]"),
                virtualService("d-late", "hosts: [reviews.default.svc.cluster.local]\nhttp: [{route: [{destination: {host: reviews, subset: v1}}]}]"));

        assertThat(generated.proxyRoutes(REVIEWS)).extracting(route -> route.getRoute().getCluster()).containsExactly(V3);
        assertThat(generated.proxyRoutes("details.default.svc.cluster.local:9080"))
                .extracting(route -> route.getRoute().getCluster())
                .containsExactly(V2);
    }
}
