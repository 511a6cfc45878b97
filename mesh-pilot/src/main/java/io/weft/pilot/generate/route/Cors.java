package io.weft.pilot.generate.route;

import static io.weft.pilot.generate.proto.Proto.bool;
import static io.weft.pilot.generate.proto.Proto.percent;

import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.weft.pilot.generate.proto.Matchers;
import io.weft.pilot.model.CorsPolicy;

/** Cross-origin rules. */
final class Cors {

    private Cors() {}

    static io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy of(CorsPolicy policy) {
        io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy.Builder built =
                io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy.newBuilder()
                        .setFilterEnabled(RuntimeFractionalPercent.newBuilder().setDefaultValue(percent(100)))
                        .setAllowMethods(String.join(",", policy.allowMethods()))
                        .setAllowHeaders(String.join(",", policy.allowHeaders()))
                        .setExposeHeaders(String.join(",", policy.exposeHeaders()))
                        // A preflight that matches no origin goes to the upstream unless the user says otherwise.
                        .setForwardNotMatchingPreflights(
                                bool(policy.unmatchedPreflights() != CorsPolicy.UnmatchedPreflights.IGNORE));
        policy.allowOrigins().forEach(origin -> built.addAllowOriginStringMatch(Matchers.of(origin)));
        if (policy.maxAge() != null) {
            built.setMaxAge(Long.toString(policy.maxAge().toSeconds()));
        }
        if (policy.allowCredentials() != null) {
            built.setAllowCredentials(bool(policy.allowCredentials()));
        }
        return built.build();
    }
}
