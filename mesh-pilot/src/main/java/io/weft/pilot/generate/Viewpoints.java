package io.weft.pilot.generate;

import io.weft.pilot.generate.endpoint.Viewpoint;
import io.weft.pilot.model.DestinationRule;
import io.weft.pilot.model.LoadBalancer;
import io.weft.pilot.model.TrafficPolicy;
import io.weft.pilot.model.WorkloadGroup;
import io.weft.pilot.model.WorkloadSpec;
import io.weft.pilot.routing.TrafficRule;
import io.weft.pilot.state.MeshState;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Where clients stand. In a mesh in which no rule prefers near endpoints, nobody is anywhere: all proxies share then. */
final class Viewpoints {

    private final MeshState state;
    private final boolean matter;

    Viewpoints(MeshState state) {
        this.state = state;
        Viewpoint somewhere = new Viewpoint("somewhere", Map.of());
        this.matter = state.all(DestinationRule.class).stream()
                .map(rule -> new TrafficRule(rule.trafficPolicy(), rule.subsets()))
                .anyMatch(rule -> !somewhere.under(rule).equals(Viewpoint.ANYWHERE));
    }

    /** @param selecting the labels of the proxy that some rule asks for */
    Viewpoint of(Proxy proxy, Map<String, String> selecting) {
        return matter ? new Viewpoint(locality(proxy), selecting) : Viewpoint.ANYWHERE;
    }

    private String locality(Proxy proxy) {
        String group = proxy.group();
        if (!proxy.locality().isEmpty() || group == null) {
            return proxy.locality();
        }
        return state.get(WorkloadGroup.class, proxy.namespace(), group)
                .map(WorkloadGroup::template)
                .map(WorkloadSpec::locality)
                .orElse("");
    }

    /** The client's labels that a rule's {@code failoverPriority} compares with an endpoint's. */
    static Set<String> labels(DestinationRule rule) {
        Set<String> names = new HashSet<>();
        Stream.concat(Stream.ofNullable(rule.trafficPolicy()), rule.subsets().stream().map(DestinationRule.Subset::trafficPolicy).flatMap(Stream::ofNullable))
                .flatMap(Viewpoints::balancers)
                .map(LoadBalancer::localityLbSetting)
                .flatMap(Stream::ofNullable)
                .flatMap(setting -> setting.failoverPriority().stream())
                .filter(name -> name.indexOf('=') < 0)
                .forEach(names::add);
        return names;
    }

    private static Stream<LoadBalancer> balancers(TrafficPolicy policy) {
        return Stream.concat(
                Stream.ofNullable(policy.loadBalancer()),
                policy.portLevelSettings().stream().map(TrafficPolicy.PortSettings::loadBalancer).flatMap(Stream::ofNullable));
    }
}
