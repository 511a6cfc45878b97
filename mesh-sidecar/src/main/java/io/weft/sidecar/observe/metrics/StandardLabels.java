package io.weft.sidecar.observe.metrics;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.Workload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Istio's standard metrics tell apart, whatever they count. Values come from configuration, certificates and bounded sets.
 *
 * @param destination who reports is the destination
 * @param sourcePrincipal URI of the caller's certificate; null: unknown
 * @param targetPrincipal URI of the called one's certificate; null: unknown
 * @param service the cluster's; null: its name says what is known
 * @param cluster empty: none was chosen
 * @param protocol {@code http}, {@code grpc} or {@code tcp}
 * @param flags Envoy's response flags, {@code "-"}: none
 * @param mutualTls the peer has shown a certificate; only known at the destination
 */
public record StandardLabels(
        boolean destination,
        Workload source,
        Workload target,
        @Nullable String sourcePrincipal,
        @Nullable String targetPrincipal,
        ClusterResource.@Nullable Service service,
        String cluster,
        String protocol,
        String flags,
        boolean mutualTls) {
    private static final String UNKNOWN = "unknown";

    /** For requests. {@code grpcStatus} -1: none. */
    public List<String> http(int status, int grpcStatus) {
        List<String> labels = common();
        add(labels, "response_code", Integer.toString(status));
        labels.add("grpc_response_status");
        labels.add(grpcStatus < 0 ? "" : Integer.toString(grpcStatus));
        return labels;
    }

    /** For connections. */
    public List<String> common() {
        List<String> labels = new ArrayList<>(52);
        add(labels, "reporter", destination ? "destination" : "source");
        add(labels, "source_workload", source.name());
        add(labels, "source_workload_namespace", source.namespace());
        add(labels, "source_principal", sourcePrincipal);
        add(labels, "source_app", source.app());
        add(labels, "source_version", source.version());
        add(labels, "source_canonical_service", source.canonicalService());
        add(labels, "source_canonical_revision", source.canonicalRevision());
        add(labels, "source_cluster", source.cluster());
        add(labels, "destination_workload", target.name());
        add(labels, "destination_workload_namespace", target.namespace());
        add(labels, "destination_principal", targetPrincipal);
        add(labels, "destination_app", target.app());
        add(labels, "destination_version", target.version());
        add(labels, "destination_service", service == null ? host() : service.host());
        add(labels, "destination_service_name", service == null ? name() : service.name());
        add(labels, "destination_service_namespace", service == null ? target.namespace() : service.namespace());
        add(labels, "destination_canonical_service", target.canonicalService());
        add(labels, "destination_canonical_revision", target.canonicalRevision());
        add(labels, "destination_cluster", target.cluster());
        add(labels, "request_protocol", protocol);
        add(labels, "response_flags", flags);
        add(labels, "connection_security_policy", !destination ? UNKNOWN : mutualTls ? "mutual_tls" : "none");
        return labels;
    }

    private static void add(List<String> labels, String name, @Nullable String value) {
        labels.add(name);
        labels.add(value == null || value.isEmpty() ? UNKNOWN : value);
    }

    /** {@code outbound|80|v1|reviews.default.svc.cluster.local} names its host. */
    private String host() {
        int bar = cluster.lastIndexOf('|');
        return bar < 0 ? "" : cluster.substring(bar + 1);
    }

    /** As Istio: a cluster that stands for no service ({@code PassthroughCluster}) is its own name. */
    private String name() {
        String host = host();
        return host.isEmpty() ? destination ? target.canonicalService() : cluster : host;
    }
}
