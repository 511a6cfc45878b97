package io.weft.pilot.model.cluster;

import java.util.Map;

/**
 * A pod.
 *
 * @param serviceAccount what its identity is made of
 * @param node where it runs; empty while nobody has placed it
 * @param workload what made it: a Deployment, StatefulSet, DaemonSet or Job; the pod itself if nothing did
 */
public record Pod(ResourceName id, Map<String, String> labels, String serviceAccount, String node, String workload) {

    public Pod {
        labels = Map.copyOf(labels);
    }

    public String namespace() {
        return id.namespace();
    }
}
