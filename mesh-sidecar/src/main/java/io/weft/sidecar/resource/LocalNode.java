package io.weft.sidecar.resource;

/**
 * Who this proxy is: what it says of itself to peers, in metrics, logs and spans. Free of protobuf's classes.
 *
 * @param id of the node
 * @param serviceName of spans: {@code <app>.<namespace>}
 * @param meshId may be empty
 * @param peerMetadata {@code x-envoy-peer-metadata}: base64 of a deterministically serialised Struct; empty: nothing is told to peers
 * @param message the serialised {@code Node}, for the identifier of log streams
 */
public record LocalNode(String id, Workload workload, String serviceName, String meshId, String peerMetadata, byte[] message) {
    /** For an engine that nobody has introduced. */
    public static final LocalNode UNKNOWN = new LocalNode("", Workload.UNKNOWN, "unknown", "", "", new byte[0]);

    /** A gateway, in Istio's words. */
    public boolean router() {
        return id.startsWith("router~");
    }
}
