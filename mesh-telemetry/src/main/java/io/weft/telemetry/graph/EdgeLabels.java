package io.weft.telemetry.graph;

import io.weft.telemetry.store.LabelSet;

/** Reads the two ends of an edge from a series' labels. */
final class EdgeLabels {

    private static final String UNKNOWN = "unknown";

    private EdgeLabels() {}

    static EdgeKey key(LabelSet labels, boolean tcp) {
        String service = labels.get("destination_service");
        return new EdgeKey(
                source(labels),
                target(labels, service),
                service,
                tcp ? "tcp" : labels.get("request_protocol"),
                labels.get("reporter").equals("source"));
    }

    private static Node source(LabelSet labels) {
        String workload = labels.get("source_workload");
        String namespace = labels.get("source_workload_namespace");
        if (workload.equals(UNKNOWN)) {
            // Its certificate may say more than its metrics.
            return new Node(UNKNOWN, UNKNOWN, namespace, labels.get("source_app"), labels.get("source_version"), UNKNOWN);
        }
        return workload(workload, namespace, labels.get("source_app"), labels.get("source_version"));
    }

    private static Node target(LabelSet labels, String service) {
        String workload = labels.get("destination_workload");
        String namespace = labels.get("destination_workload_namespace");
        if (workload.equals(UNKNOWN)) {
            // No endpoint was chosen, or the host is not one of ours.
            boolean ours = service.contains(".svc.") || service.equals(UNKNOWN);
            return new Node(service, UNKNOWN, labels.get("destination_service_namespace"), UNKNOWN, UNKNOWN, ours ? UNKNOWN : "external");
        }
        return workload(workload, namespace, labels.get("destination_app"), labels.get("destination_version"));
    }

    private static Node workload(String workload, String namespace, String app, String version) {
        return new Node(workload + "." + namespace, workload, namespace, app, version, "workload");
    }
}
