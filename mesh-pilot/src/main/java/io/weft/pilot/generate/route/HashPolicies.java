package io.weft.pilot.generate.route;

import static io.weft.pilot.generate.proto.Proto.duration;

import io.envoyproxy.envoy.config.route.v3.RouteAction.HashPolicy;
import io.weft.pilot.model.LoadBalancer;
import java.util.List;

/** What a request is hashed by. */
final class HashPolicies {

    private HashPolicies() {}

    static List<HashPolicy> of(LoadBalancer.ConsistentHash hash) {
        HashPolicy.Builder policy = HashPolicy.newBuilder();
        LoadBalancer.Cookie cookie = hash.httpCookie();
        if (hash.httpHeaderName() != null) {
            policy.setHeader(HashPolicy.Header.newBuilder().setHeaderName(hash.httpHeaderName()));
        } else if (cookie != null) {
            HashPolicy.Cookie.Builder built = HashPolicy.Cookie.newBuilder().setName(cookie.name());
            if (cookie.path() != null) {
                built.setPath(cookie.path());
            }
            // No ttl: no cookie is made. Zero: a session cookie.
            if (cookie.ttl() != null) {
                built.setTtl(duration(cookie.ttl()));
            }
            policy.setCookie(built);
        } else if (hash.useSourceIp()) {
            policy.setConnectionProperties(HashPolicy.ConnectionProperties.newBuilder().setSourceIp(true));
        } else if (hash.httpQueryParameterName() != null) {
            policy.setQueryParameter(HashPolicy.QueryParameter.newBuilder().setName(hash.httpQueryParameterName()));
        } else {
            return List.of();
        }
        return List.of(policy.build());
    }
}
