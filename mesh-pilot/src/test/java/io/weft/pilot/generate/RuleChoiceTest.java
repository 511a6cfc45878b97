package io.weft.pilot.generate;

import static io.weft.pilot.generate.BookinfoRoutes.REVIEWS;
import static io.weft.pilot.generate.BookinfoRoutes.V1;
import static io.weft.pilot.generate.BookinfoRoutes.V2;
import static io.weft.pilot.generate.BookinfoRoutes.V3;
import static io.weft.pilot.generate.BookinfoRoutes.clusters;
import static io.weft.pilot.generate.BookinfoRoutes.fromDefault;
import static io.weft.pilot.generate.BookinfoRoutes.generated;
import static io.weft.pilot.generate.BookinfoRoutes.virtualService;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.route.v3.Route;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which VirtualServices hold for a host in the mesh: page A.1 of the reference. */
class RuleChoiceTest {

    @Test
    void ofTwoRulesForOneHost_theOlderWinsInsideTheMesh() {
        List<Route> routes = fromDefault(
                        virtualService("b-older", "hosts: [reviews]\nhttp:\n- route: [{destination: {host: reviews, subset: v1}}]\n"),
                        virtualService("a-newer", "hosts: [reviews]\nhttp:\n- route: [{destination: {host: reviews, subset: v2}}]\n"))
                .proxyRoutes(REVIEWS);

        assertThat(routes).extracting(route -> route.getRoute().getCluster()).containsExactly(V1);
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
}
