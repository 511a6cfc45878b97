package io.weft.pilot.model;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Workloads that may register themselves.
 *
 * @param labels labels of every entry ({@code spec.metadata.labels}); the template's are added
 * @param annotations annotations of every entry
 * @param template port names and container ports, service account, locality, …
 * @param probe unset: a workload is in rotation as soon as it has registered
 */
public record WorkloadGroup(
        ObjectMeta meta,
        Map<String, String> labels,
        Map<String, String> annotations,
        WorkloadSpec template,
        @Nullable Probe probe)
        implements ConfigObject {

    public WorkloadGroup {
        labels = Copies.ordered(labels);
        annotations = Copies.ordered(annotations);
    }

    @Override
    public WorkloadGroup withMeta(ObjectMeta newMeta) {
        return new WorkloadGroup(newMeta, labels, annotations, template, probe);
    }

    /** The account its workloads run as: the template's, else {@code default}. */
    public String serviceAccount() {
        String account = template.serviceAccount();
        return account == null || account.isEmpty() ? "default" : account;
    }

    /**
     * How the sidecar finds out whether its app is well. Exactly one of {@code httpGet}, {@code tcpPort} and {@code grpc}.
     *
     * @param initialDelay unset is none
     * @param timeout unset is 1 s
     * @param period unset is 10 s
     * @param successThreshold unset is 1
     * @param failureThreshold unset is 3
     * @param tcpPort container port to connect to
     */
    public record Probe(
            @Nullable Duration initialDelay,
            @Nullable Duration timeout,
            @Nullable Duration period,
            @Nullable Integer successThreshold,
            @Nullable Integer failureThreshold,
            @Nullable HttpGet httpGet,
            @Nullable Integer tcpPort,
            @Nullable Grpc grpc) {}

    /** @param scheme {@code HTTP}; unset is the same */
    public record HttpGet(@Nullable String path, int port, @Nullable String host, @Nullable String scheme) {}

    public record Grpc(int port, @Nullable String service) {}
}
