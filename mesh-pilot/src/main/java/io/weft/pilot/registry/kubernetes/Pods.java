package io.weft.pilot.registry.kubernetes;

import io.weft.pilot.model.cluster.Cluster;
import io.weft.pilot.model.cluster.Pod;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The pods that proxies say they are in. */
public final class Pods {

    private final boolean known;
    private final Supplier<Cluster> cluster;

    /**
     * The pods of a cluster.
     *
     * @param known whether there is a cluster: without one, what proxies say of pods means nothing
     */
    public Pods(boolean known, Supplier<Cluster> cluster) {
        this.known = known;
        this.cluster = cluster;
    }

    /** Where there is no Kubernetes. */
    public static Pods none() {
        return new Pods(false, () -> Cluster.EMPTY);
    }

    /** What is known of a proxy's pod. @param locality {@code region/zone/subzone}, empty when nobody says */
    public record Facts(String account, Map<String, String> labels, String workload, String locality) {}

    public boolean isKnown() {
        return known;
    }

    public Optional<Facts> find(String namespace, String name) {
        Cluster now = cluster.get();
        return now.pod(namespace, name).map(pod -> facts(now, pod));
    }

    private static Facts facts(Cluster cluster, Pod pod) {
        return new Facts(pod.serviceAccount(), pod.labels(), pod.workload(), PodEndpoints.locality(cluster, pod));
    }
}
