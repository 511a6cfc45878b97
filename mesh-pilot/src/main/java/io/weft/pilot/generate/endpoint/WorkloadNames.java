package io.weft.pilot.generate.endpoint;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.weft.pilot.registry.MeshEndpoint;
import java.util.Map;

/** What the source of a request calls the workload it reached: the metadata of an endpoint. */
final class WorkloadNames {

    private static final String UNKNOWN = "unknown";

    /** The reference mesh's name of the one cluster, unless somebody names another. */
    private static final String CLUSTER = "Kubernetes";

    private WorkloadNames() {}

    static void add(MeshEndpoint endpoint, Metadata.Builder metadata) {
        if (endpoint.workload().isEmpty()) {
            return;
        }
        Map<String, String> labels = endpoint.labels();
        String name = first(labels, endpoint.workload(), "service.istio.io/canonical-name", "app.kubernetes.io/name", "app");
        String revision = first(labels, "latest", "service.istio.io/canonical-revision", "app.kubernetes.io/version", "version");
        metadata.putFilterMetadata(
                "istio",
                Struct.newBuilder()
                        .putFields(
                                "workload",
                                text(endpoint.workload() + ";" + endpoint.namespace() + ";" + name + ";" + revision + ";" + CLUSTER))
                        .build());
        String app = first(labels, UNKNOWN, "app");
        String version = first(labels, UNKNOWN, "version");
        if (!app.equals(name) || !version.equals(revision)) {
            metadata.putFilterMetadata(
                    "weft", Struct.newBuilder().putFields("app", text(app)).putFields("version", text(version)).build());
        }
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
