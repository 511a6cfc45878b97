package io.weft.pilot.source.kubernetes;

import io.weft.pilot.model.cluster.Cluster;
import io.weft.pilot.model.cluster.EndpointSlice;
import io.weft.pilot.model.cluster.Node;
import io.weft.pilot.model.cluster.Pod;
import io.weft.pilot.model.cluster.ResourceName;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Pods, slices and nodes as the API server has them now. Each change says whether the mesh sees a difference. */
final class ClusterObjects {

    private final Predicate<String> namespaces;
    private final Map<ResourceName, Pod> pods = new HashMap<>();
    private final Map<ResourceName, EndpointSlice> slices = new HashMap<>();
    private final Map<ResourceName, Node> nodes = new HashMap<>();
    private @Nullable Cluster snapshot = Cluster.EMPTY;

    /** @param namespaces whether what is in a namespace counts */
    ClusterObjects(Predicate<String> namespaces) {
        this.namespaces = namespaces;
    }

    synchronized boolean put(Pod pod) {
        return changed(!pod.equals(pods.put(pod.id(), pod)));
    }

    synchronized boolean put(EndpointSlice slice) {
        return changed(!slice.equals(slices.put(slice.id(), slice)));
    }

    synchronized boolean put(Node node) {
        return changed(!node.equals(nodes.put(new ResourceName("", node.name()), node)));
    }

    synchronized boolean removePod(ResourceName name) {
        return changed(pods.remove(name) != null);
    }

    synchronized boolean removeSlice(ResourceName name) {
        return changed(slices.remove(name) != null);
    }

    synchronized boolean removeNode(ResourceName name) {
        return changed(nodes.remove(name) != null);
    }

    /** Other namespaces count now. */
    synchronized void namespacesChanged() {
        snapshot = null;
    }

    private boolean changed(boolean different) {
        if (different) {
            snapshot = null;
        }
        return different;
    }

    synchronized Cluster current() {
        Cluster now = snapshot;
        if (now == null) {
            now = new Cluster(
                    pods.values().stream().filter(pod -> namespaces.test(pod.namespace())).toList(),
                    slices.values().stream().filter(slice -> namespaces.test(slice.id().namespace())).toList(),
                    nodes.values());
            snapshot = now;
        }
        return now;
    }
}
