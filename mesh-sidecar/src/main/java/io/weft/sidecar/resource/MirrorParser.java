package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.route.v3.RouteAction;
import java.util.ArrayList;
import java.util.List;

/** {@code RouteAction.RequestMirrorPolicy}, of a route or of a virtual host → {@link RouteResource.Mirror}. */
final class MirrorParser {
    private static final Fields MIRROR = Fields.of(
                    RouteAction.RequestMirrorPolicy.getDescriptor(),
                    "cluster",
                    "runtime_fraction",
                    "disable_shadow_host_suffix_append")
            .ignore("copies are never sampled", "trace_sampled");

    private MirrorParser() {}

    static List<RouteResource.Mirror> parse(Where where, List<RouteAction.RequestMirrorPolicy> policies) {
        List<RouteResource.Mirror> mirrors = new ArrayList<>(policies.size());
        for (int i = 0; i < policies.size(); i++) {
            RouteAction.RequestMirrorPolicy policy = policies.get(i);
            Where at = where.item("request_mirror_policies", i);
            MIRROR.check(at, policy);
            mirrors.add(new RouteResource.Mirror(
                    Values.named(at, "cluster", policy.getCluster()),
                    policy.hasRuntimeFraction()
                            ? Values.fraction(at.field("runtime_fraction"), policy.getRuntimeFraction())
                            : FractionalPercent.ALWAYS,
                    !policy.getDisableShadowHostSuffixAppend()));
        }
        return mirrors;
    }
}
