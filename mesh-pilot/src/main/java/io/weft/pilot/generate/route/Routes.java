package io.weft.pilot.generate.route;

import static io.weft.pilot.generate.proto.Proto.any;
import static io.weft.pilot.generate.proto.Proto.bool;
import static io.weft.pilot.generate.proto.Proto.duration;
import static io.weft.pilot.generate.proto.Proto.percent;
import static io.weft.pilot.generate.proto.Proto.u32;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.weft.pilot.generate.proto.Matchers;
import io.weft.pilot.model.HeaderOperations;
import io.weft.pilot.model.HttpRoute;
import io.weft.pilot.model.LoadBalancer;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.routing.RouteRule;
import io.weft.pilot.routing.ServiceScope;
import io.weft.pilot.routing.Target;
import io.weft.pilot.routing.TrafficRules;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** One neutral rule as one Envoy route. */
public final class Routes {

    private static final String CORS = "envoy.filters.http.cors";
    /** Who calls whom in the mesh is nobody's business outside (docs/decisions/0005). */
    static final String INTERNAL_IDENTITY = "x-forwarded-client-cert";

    private static final String FAULT = "envoy.filters.http.fault";

    private final Function<Target, Optional<LoadBalancer.ConsistentHash>> hashing;
    private final Predicate<Target> outside;

    /**
     * @param hashing how a target's endpoint is chosen, when by a hash
     * @param outside whether a target is outside the mesh
     */
    public Routes(Function<Target, Optional<LoadBalancer.ConsistentHash>> hashing, Predicate<Target> outside) {
        this.hashing = hashing;
        this.outside = outside;
    }

    /** Routes to what {@code services} has. */
    static Routes among(ServiceScope services, TrafficRules traffic) {
        return new Routes(
                Hashing.of(services, traffic),
                target -> services.find(target.host()).filter(MeshService::external).isPresent());
    }

    /** @param port the listener's, as users number it: a redirect may keep it */
    public Route of(RouteRule rule, int port) {
        Route.Builder route = Route.newBuilder().setName(rule.name()).setMatch(RouteMatches.of(rule.match()));
        headers(route, rule.headers());
        if (rule.action() instanceof RouteRule.Forward forward) {
            route.setRoute(forward(rule, forward));
            if (leavesTheMesh(forward)) {
                route.addRequestHeadersToRemove(INTERNAL_IDENTITY);
            }
        } else if (rule.action() instanceof RouteRule.Redirected redirected) {
            route.setRedirect(redirect(redirected.redirect(), port));
        } else if (rule.action() instanceof RouteRule.Answered answered) {
            route.setDirectResponse(answer(answered.response()));
        }
        if (rule.cors() != null) {
            route.putTypedPerFilterConfig(CORS, any(Cors.of(rule.cors())));
        }
        if (rule.fault() != null) {
            Faults.of(rule.fault()).ifPresent(fault -> route.putTypedPerFilterConfig(FAULT, any(fault)));
        }
        return route.build();
    }

    private static void headers(Route.Builder route, HeaderOperations operations) {
        route.addAllRequestHeadersToAdd(HeaderMutations.toAdd(operations.request()))
                .addAllRequestHeadersToRemove(HeaderMutations.toRemove(operations.request()))
                .addAllResponseHeadersToAdd(HeaderMutations.toAdd(operations.response()))
                .addAllResponseHeadersToRemove(HeaderMutations.toRemove(operations.response()));
    }

    /** With all its targets, or with a mirror: that gets the very headers of the request, and a sidecar inside the mesh sets its own anyway. */
    private boolean leavesTheMesh(RouteRule.Forward forward) {
        return forward.targets().stream().allMatch(target -> outside.test(target.target()))
                || forward.mirrors().stream().anyMatch(mirror -> outside.test(mirror.target()));
    }

    private RouteAction forward(RouteRule rule, RouteRule.Forward forward) {
        RouteAction.Builder action = RouteAction.newBuilder();
        boolean simple = forward.targets().size() == 1
                && forward.targets().get(0).headers().equals(HeaderOperations.NONE);
        if (simple) {
            action.setCluster(forward.targets().get(0).target().cluster());
        } else {
            action.setWeightedClusters(weighted(forward.targets(), authority(rule, forward).isEmpty()));
        }
        Optional<LoadBalancer.ConsistentHash> hash = hashing.apply(forward.targets().get(0).target());
        hash.ifPresent(by -> action.addAllHashPolicy(HashPolicies.of(by)));
        // Timeouts and retries are not applied where a fault is injected: it would be retried away.
        boolean faulty = rule.fault() != null;
        action.setTimeout(duration(faulty ? java.time.Duration.ZERO : forward.timeout()));
        RetryPolicy retries = faulty ? null : RetryPolicies.of(forward.retries(), hash.isPresent());
        if (retries != null) {
            action.setRetryPolicy(retries);
        }
        rewrite(action, rule, forward);
        for (RouteRule.Mirrored mirror : forward.mirrors()) {
            action.addRequestMirrorPolicies(RouteAction.RequestMirrorPolicy.newBuilder()
                    .setCluster(mirror.target().cluster())
                    .setRuntimeFraction(RuntimeFractionalPercent.newBuilder().setDefaultValue(percent(mirror.percent())))
                    .setTraceSampled(bool(false))
                    .setDisableShadowHostSuffixAppend(true));
        }
        return action.build();
    }

    /** @param mayNameAuthority whether the route leaves it to the destinations: Envoy would let theirs win */
    private WeightedCluster weighted(List<RouteRule.WeightedTarget> targets, boolean mayNameAuthority) {
        WeightedCluster.Builder clusters = WeightedCluster.newBuilder();
        for (RouteRule.WeightedTarget target : targets) {
            HeaderOperations headers = target.headers();
            WeightedCluster.ClusterWeight.Builder one = WeightedCluster.ClusterWeight.newBuilder()
                    .setName(target.target().cluster())
                    .setWeight(u32(target.weight()))
                    .addAllRequestHeadersToAdd(HeaderMutations.toAdd(headers.request()))
                    .addAllRequestHeadersToRemove(HeaderMutations.toRemove(headers.request()))
                    .addAllResponseHeadersToAdd(HeaderMutations.toAdd(headers.response()))
                    .addAllResponseHeadersToRemove(HeaderMutations.toRemove(headers.response()));
            if (outside.test(target.target())) {
                one.addRequestHeadersToRemove(INTERNAL_IDENTITY);
            }
            if (mayNameAuthority) {
                HeaderMutations.authority(headers.request()).ifPresent(one::setHostRewriteLiteral);
            }
            clusters.addClusters(one);
        }
        return clusters.build();
    }

    /** An authority is rewritten in one place: the rule's rewrite, else its headers, else (above) the destination's. */
    private static Optional<String> authority(RouteRule rule, RouteRule.Forward forward) {
        HttpRoute.Rewrite rewrite = forward.rewrite();
        String authority = rewrite == null ? null : rewrite.authority();
        return authority == null || authority.isEmpty()
                ? HeaderMutations.authority(rule.headers().request())
                : Optional.of(authority);
    }

    private static void rewrite(RouteAction.Builder action, RouteRule rule, RouteRule.Forward forward) {
        authority(rule, forward).ifPresent(action::setHostRewriteLiteral);
        HttpRoute.Rewrite rewrite = forward.rewrite();
        if (rewrite == null) {
            return;
        }
        HttpRoute.RegexRewrite regex = rewrite.uriRegexRewrite();
        String uri = rewrite.uri();
        if (regex != null) {
            action.setRegexRewrite(RegexMatchAndSubstitute.newBuilder()
                    .setPattern(Matchers.regexOf(regex.match()))
                    .setSubstitution(regex.rewrite()));
        } else if (uri != null && !uri.isEmpty()) {
            // Of a path that was matched by a prefix Envoy replaces the prefix, of any other the whole.
            action.setPrefixRewrite(uri);
        }
    }

    private static RedirectAction redirect(HttpRoute.Redirect redirect, int port) {
        RedirectAction.Builder action = RedirectAction.newBuilder();
        if (redirect.authority() != null) {
            action.setHostRedirect(redirect.authority());
        }
        if (redirect.uri() != null) {
            action.setPathRedirect(redirect.uri());
        } else if (redirect.uriPrefix() != null) {
            action.setPrefixRewrite(redirect.uriPrefix());
        }
        String scheme = redirect.scheme();
        if (scheme != null && !scheme.isEmpty()) {
            action.setSchemeRedirect(scheme);
        }
        redirectPort(action, redirect, port);
        action.setResponseCode(code(redirect.redirectCode()));
        return action.build();
    }

    /** A scheme's own port is left out of the Location; FROM_PROTOCOL_DEFAULT is what Envoy does with a changed scheme. */
    private static void redirectPort(RedirectAction.Builder action, HttpRoute.Redirect redirect, int port) {
        Integer explicit = redirect.port();
        int wanted = 0;
        if (explicit != null) {
            wanted = explicit;
        } else if (redirect.derivePort() == HttpRoute.DerivePort.FROM_REQUEST_PORT) {
            wanted = port;
        }
        String scheme = redirect.scheme();
        boolean kept = scheme == null || scheme.isEmpty();
        boolean implied = wanted == 443 && (kept ? port == 443 : scheme.equals("https"))
                || wanted == 80 && (kept ? port == 80 : scheme.equals("http"));
        if (wanted > 0 && !implied) {
            action.setPortRedirect(wanted);
        }
    }

    private static RedirectAction.RedirectResponseCode code(@org.jspecify.annotations.Nullable Integer code) {
        return switch (code == null || code == 0 ? 301 : code) {
            case 302 -> RedirectAction.RedirectResponseCode.FOUND;
            case 303 -> RedirectAction.RedirectResponseCode.SEE_OTHER;
            case 307 -> RedirectAction.RedirectResponseCode.TEMPORARY_REDIRECT;
            case 308 -> RedirectAction.RedirectResponseCode.PERMANENT_REDIRECT;
            default -> RedirectAction.RedirectResponseCode.MOVED_PERMANENTLY;
        };
    }

    private static DirectResponseAction answer(HttpRoute.DirectResponse response) {
        DirectResponseAction.Builder action = DirectResponseAction.newBuilder().setStatus(response.status());
        byte[] body = response.body();
        if (body != null && body.length > 0) {
            action.setBody(DataSource.newBuilder().setInlineBytes(ByteString.copyFrom(body)));
        }
        return action.build();
    }
}
