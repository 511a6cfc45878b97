package io.weft.pilot.model.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The cluster at one moment. Immutable. */
public final class Cluster {

    /** Where there is no Kubernetes. */
    public static final Cluster EMPTY = new Cluster(List.of(), List.of(), List.of());

    private final Map<ResourceName, Pod> pods = new HashMap<>();
    private final Map<Label, List<Pod>> byLabel = new HashMap<>();
    private final Map<ResourceName, List<EndpointSlice>> slices = new HashMap<>();
    private final Map<String, Node> nodes = new HashMap<>();

    public Cluster(Collection<Pod> pods, Collection<EndpointSlice> slices, Collection<Node> nodes) {
        for (Pod pod : pods) {
            this.pods.put(pod.id(), pod);
            pod.labels()
                    .forEach((name, value) -> byLabel.computeIfAbsent(
                                    new Label(pod.namespace(), name, value), label -> new ArrayList<>())
                            .add(pod));
        }
        slices.forEach(slice -> this.slices
                .computeIfAbsent(new ResourceName(slice.id().namespace(), slice.service()), service -> new ArrayList<>())
                .add(slice));
        nodes.forEach(node -> this.nodes.put(node.name(), node));
    }

    private record Label(String namespace, String name, String value) {}

    public Optional<Pod> pod(String namespace, String name) {
        return Optional.ofNullable(pods.get(new ResourceName(namespace, name)));
    }

    /** Pods of a namespace with all of these labels; none for an empty selector. */
    public List<Pod> selected(String namespace, Map<String, String> selector) {
        List<Pod> fewest = null;
        for (Map.Entry<String, String> wanted : selector.entrySet()) {
            List<Pod> with = byLabel.getOrDefault(new Label(namespace, wanted.getKey(), wanted.getValue()), List.of());
            fewest = fewest == null || with.size() < fewest.size() ? with : fewest;
        }
        if (fewest == null) {
            return List.of();
        }
        Set<Map.Entry<String, String>> all = selector.entrySet();
        return fewest.stream().filter(pod -> pod.labels().entrySet().containsAll(all)).toList();
    }

    /** Of a Service, in no order. */
    public List<EndpointSlice> slices(String namespace, String service) {
        return slices.getOrDefault(new ResourceName(namespace, service), List.of());
    }

    /** Where a node is, {@code region/zone/subzone}; empty when nobody says. */
    public String locality(String node) {
        Node known = nodes.get(node);
        return known == null ? "" : known.locality();
    }
}
