package io.weft.pilot.generate;

import static io.weft.pilot.generate.BookinfoRoutes.V1;
import static io.weft.pilot.generate.BookinfoRoutes.V3;
import static io.weft.pilot.generate.BookinfoRoutes.reviews;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a VirtualService's rule does with a request: page A.1 of the reference. */
class RouteActionTest {

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

    @ParameterizedTest
    @CsvSource({"exact: /ab", "regex: /a|/ab", "regex: .*"})
    void aRewrite_ofWhatNoPrefixMatched_isOfTheWholePath_whateverThePattern(String match) {
        RouteAction rewrite = reviews("- match: [{uri: {\"" + match.replace(": ", "\": \"") + "\"}}]\n"
                        + "  rewrite: {uri: '/new\\1'}\n  route: [{destination: {host: reviews, subset: v1}}]\n")
                .get(0)
                .getRoute();

        assertThat(rewrite.getPrefixRewrite()).isEqualTo("/new\\1");
        assertThat(rewrite.hasRegexRewrite()).as("a pattern would be looked for in the path, and could match less than all of it").isFalse();
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
}
