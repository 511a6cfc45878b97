package io.weft.pilot.routing;

import io.weft.pilot.model.DestinationRule;
import io.weft.pilot.model.TrafficPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The DestinationRules of one host and namespace as one: subsets appended (of two with one name the first stays), the oldest traffic policy.
 */
public record TrafficRule(@Nullable TrafficPolicy policy, List<DestinationRule.Subset> subsets) {

    public static final TrafficRule NONE = new TrafficRule(null, List.of());

    public TrafficRule {
        subsets = List.copyOf(subsets);
    }

    /** @param rules oldest first */
    static TrafficRule merge(List<DestinationRule> rules) {
        TrafficPolicy policy = null;
        List<DestinationRule.Subset> subsets = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (DestinationRule rule : rules) {
            if (policy == null) {
                policy = rule.trafficPolicy();
            }
            for (DestinationRule.Subset subset : rule.subsets()) {
                if (names.add(subset.name())) {
                    subsets.add(subset);
                }
            }
        }
        return new TrafficRule(policy, subsets);
    }

    public Optional<DestinationRule.Subset> subset(String name) {
        return subsets.stream().filter(subset -> subset.name().equals(name)).findFirst();
    }

    /** Every policy that may hold for some subset and port. */
    public Stream<EffectivePolicy> policies() {
        Set<Integer> ports = new HashSet<>(Set.of(0));
        List<String> names = new ArrayList<>(List.of(""));
        portsOf(policy, ports);
        for (DestinationRule.Subset subset : subsets) {
            names.add(subset.name());
            portsOf(subset.trafficPolicy(), ports);
        }
        return names.stream().flatMap(name -> ports.stream().map(port -> effective(name, port)));
    }

    private static void portsOf(@Nullable TrafficPolicy policy, Set<Integer> ports) {
        if (policy != null) {
            policy.portLevelSettings().forEach(settings -> ports.add(settings.port()));
        }
    }

    /** @param subset empty: the whole host */
    public EffectivePolicy effective(String subset, int port) {
        return EffectivePolicy.of(policy, subset(subset).map(DestinationRule.Subset::trafficPolicy).orElse(null), port);
    }
}
