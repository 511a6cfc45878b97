package io.weft.pilot.generate;

import static io.weft.pilot.generate.BookinfoRoutes.V1;
import static io.weft.pilot.generate.BookinfoRoutes.V2;
import static io.weft.pilot.generate.BookinfoRoutes.V3;
import static io.weft.pilot.generate.BookinfoRoutes.clusters;
import static io.weft.pilot.generate.BookinfoRoutes.fromDefault;
import static io.weft.pilot.generate.BookinfoRoutes.generated;
import static io.weft.pilot.generate.BookinfoRoutes.reviews;
import static io.weft.pilot.generate.BookinfoRoutes.virtualService;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.route.v3.Route;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which requests a VirtualService's rules are for: page A.1 of the reference. */
class RouteMatchTest {

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
}
