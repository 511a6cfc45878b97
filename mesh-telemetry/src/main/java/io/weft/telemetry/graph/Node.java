package io.weft.telemetry.graph;

/**
 * Somebody who calls or is called.
 *
 * @param id {@code <workload>.<namespace>}; the host for what has no workload
 * @param kind {@code workload}, {@code gateway}, {@code external} (a host outside), {@code unknown} (no proxy of the mesh said more)
 */
public record Node(String id, String workload, String namespace, String app, String version, String kind) {

    Node asGateway() {
        return new Node(id, workload, namespace, app, version, "gateway");
    }
}
