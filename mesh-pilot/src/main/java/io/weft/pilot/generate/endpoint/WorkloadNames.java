package io.weft.pilot.generate.endpoint;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.weft.pilot.registry.MeshEndpoint;
import java.util.Map;

/**
 * What telemetry calls a workload: as metadata of its endpoints, for whoever sends to it, and of its own listeners, for itself.
 *
 * @param name     the workload's
 * @param app      label {@code app}
 * @param version  label {@code version}
 * @param service  the reference mesh's canonical service
 * @param revision the reference mesh's canonical revision
 */
public record WorkloadNames(String name, String namespace, String app, String version, String service, String revision) {

    private static final String UNKNOWN = "unknown";

    /** The reference mesh's name of the one cluster, unless somebody names another. */
    private static final String CLUSTER = "Kubernetes";

    public static WorkloadNames of(String workload, String namespace, Map<String, String> labels) {
        return new WorkloadNames(
                workload,
                namespace,
                first(labels, UNKNOWN, "app"),
                first(labels, UNKNOWN, "version"),
                first(labels, workload, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app"),
                first(labels, "latest", "service.istio.io/canonical-revision", "app.kubernetes.io/version", "version"));
    }

    /** All of it: {@code workload}, {@code app}, {@code version}. */
    public Struct self() {
        return Struct.newBuilder()
                .putFields("workload", text(path()))
                .putFields("app", text(app))
                .putFields("version", text(version))
                .build();
    }

    /** What is outside the mesh has no name here. */
    static void add(MeshEndpoint endpoint, Metadata.Builder metadata) {
        if (endpoint.workload().isEmpty()) {
            return;
        }
        WorkloadNames names = of(endpoint.workload(), endpoint.namespace(), endpoint.labels());
        metadata.putFilterMetadata("istio", Struct.newBuilder().putFields("workload", text(names.path())).build());
        if (!names.app.equals(names.service) || !names.version.equals(names.revision)) {
            metadata.putFilterMetadata(
                    "weft",
                    Struct.newBuilder().putFields("app", text(names.app)).putFields("version", text(names.version)).build());
        }
    }

    /** The reference mesh's form. */
    private String path() {
        return name + ";" + namespace + ";" + service + ";" + revision + ";" + CLUSTER;
    }

    private static String first(Map<String, String> labels, String otherwise, String... names) {
        for (String name : names) {
            String value = labels.get(name);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return otherwise;
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }
}
