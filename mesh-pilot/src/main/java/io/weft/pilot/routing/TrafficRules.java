package io.weft.pilot.routing;

import io.weft.pilot.model.DestinationRule;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the DestinationRule of a host for a client: in the client's namespace, else in the service's, else in the root namespace; within one the most
 * specific host. Levels are never merged.
 */
public final class TrafficRules {

    private final MeshState state;
    private final String namespace;
    private final Map<String, String> labels;
    /** Namespace → host as full name → rules, oldest first. */
    private final Map<String, Map<String, List<DestinationRule>>> index = new LinkedHashMap<>();

    public TrafficRules(MeshState state, String namespace, Map<String, String> labels) {
        this.state = state;
        this.namespace = namespace;
        this.labels = labels;
        for (DestinationRule rule : state.all(DestinationRule.class)) {
            if (applies(rule)) {
                String host = HostNames.resolve(rule.host(), rule.namespace(), state.settings().clusterDomain());
                index.computeIfAbsent(rule.namespace(), n -> new LinkedHashMap<>())
                        .computeIfAbsent(host, h -> new ArrayList<>())
                        .add(rule);
            }
        }
    }

    private boolean applies(DestinationRule rule) {
        if (!ExportTo.visible(rule.exportTo(), rule.namespace(), namespace)) {
            return false;
        }
        return rule.workloadSelector() == null
                || rule.namespace().equals(namespace) && Labels.match(rule.workloadSelector(), labels);
    }

    public TrafficRule of(MeshService service) {
        for (String level : List.of(namespace, service.namespace(), state.settings().rootNamespace())) {
            List<DestinationRule> found = mostSpecific(index.getOrDefault(level, Map.of()), service.hostname());
            if (!found.isEmpty()) {
                return TrafficRule.merge(found);
            }
        }
        return TrafficRule.NONE;
    }

    /** What holds towards a target; nothing when none of the services is its host. */
    public EffectivePolicy of(Target target, ServiceScope services) {
        return services.find(target.host())
                .map(service -> of(service).effective(target.subset(), target.port()))
                .orElse(EffectivePolicy.NONE);
    }

    private static List<DestinationRule> mostSpecific(Map<String, List<DestinationRule>> byHost, String host) {
        List<DestinationRule> rules = byHost.get(host);
        if (rules == null) {
            rules = byHost.entrySet().stream()
                    .filter(entry -> HostNames.covers(entry.getKey(), host))
                    .max(java.util.Comparator.comparingInt(entry -> HostNames.specificity(entry.getKey())))
                    .map(Map.Entry::getValue)
                    .orElse(List.of());
        }
        // Those made for these very workloads are preferred, and stand alone.
        List<DestinationRule> selected = rules.stream().filter(rule -> rule.workloadSelector() != null).toList();
        return selected.isEmpty() ? rules : selected;
    }
}
