package io.weft.pilot.generate;

import io.weft.pilot.model.DestinationRule;
import io.weft.pilot.model.Sidecar;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.state.MeshState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of a client's labels make a difference to what it is sent: those that a Sidecar's or DestinationRule's selector in its namespace, or some
 * {@code sourceLabels} or {@code failoverPriority}, asks for. Proxies that differ in other labels only share everything outbound.
 */
final class SelectingLabels {

    private final Set<String> everywhere = new HashSet<>();
    private final Map<String, Set<String>> byNamespace = new HashMap<>();

    SelectingLabels(MeshState state) {
        state.all(Sidecar.class).forEach(sidecar -> add(sidecar.namespace(), sidecar.workloadSelector()));
        for (DestinationRule rule : state.all(DestinationRule.class)) {
            add(rule.namespace(), rule.workloadSelector());
            everywhere.addAll(Viewpoints.labels(rule));
        }
        for (VirtualService rules : state.all(VirtualService.class)) {
            rules.http().forEach(rule ->
                    rule.match().forEach(match -> everywhere.addAll(match.sourceLabels().keySet())));
            rules.tls().forEach(rule ->
                    rule.match().forEach(match -> everywhere.addAll(match.sourceLabels().keySet())));
            rules.tcp().forEach(rule ->
                    rule.match().forEach(match -> everywhere.addAll(match.sourceLabels().keySet())));
        }
    }

    private void add(String namespace, @Nullable Map<String, String> selector) {
        if (selector != null) {
            byNamespace.computeIfAbsent(namespace, n -> new HashSet<>()).addAll(selector.keySet());
        }
    }

    Map<String, String> of(String namespace, Map<String, String> labels) {
        Set<String> here = byNamespace.getOrDefault(namespace, Set.of());
        Map<String, String> selecting = new HashMap<>();
        labels.forEach((name, value) -> {
            if (everywhere.contains(name) || here.contains(name)) {
                selecting.put(name, value);
            }
        });
        return selecting;
    }
}
