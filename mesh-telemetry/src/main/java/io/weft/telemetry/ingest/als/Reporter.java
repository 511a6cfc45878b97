package io.weft.telemetry.ingest.als;

import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.weft.telemetry.ingest.PeerIdentity;
import io.weft.telemetry.store.Texts;
import org.jspecify.annotations.Nullable;

/**
 * Who writes a log: the proxy's workload, by its node's metadata ({@code WORKLOAD_NAME}, {@code NAMESPACE}), else by its node id
 * ({@code sidecar~<ip>~<workload>.<namespace>~<domain>}), else by whatever id it has.
 */
record Reporter(String workload, String namespace, boolean gateway) {

    private static final int MAX_NAME = 253;

    /**
     * @param sender who sent it, by certificate; null where nobody is asked. Its namespace is the reporter's, and the node must not say otherwise
     * @throws StatusRuntimeException when it does
     */
    static Reporter of(Node node, @Nullable PeerIdentity sender) {
        String[] id = Texts.cut(node.getId(), 4 * MAX_NAME).split("~", -1);
        boolean meshId = id.length == 4;
        int dot = meshId ? id[2].lastIndexOf('.') : -1;
        String idNamespace = dot < 0 ? "" : id[2].substring(dot + 1);
        String idWorkload = !meshId ? id[0] : dot < 0 ? id[2] : id[2].substring(0, dot);
        String namespace = first(metadata(node, "NAMESPACE"), idNamespace);
        if (sender != null) {
            if (!namespace.isEmpty() && !namespace.equals(sender.namespace())) {
                throw Status.PERMISSION_DENIED
                        .withDescription("a node of namespace " + Texts.shown(namespace) + " from " + sender + " (expected: its own namespace)")
                        .asRuntimeException();
            }
            namespace = sender.namespace();
        }
        String workload = first(metadata(node, "WORKLOAD_NAME"), first(idWorkload, node.getCluster()));
        return new Reporter(
                Texts.cut(first(workload, "unknown"), MAX_NAME),
                Texts.cut(first(namespace, "unknown"), MAX_NAME),
                id[0].equals("router"));
    }

    private static String first(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }

    private static String metadata(Node node, String key) {
        Value value = node.getMetadata().getFieldsOrDefault(key, Value.getDefaultInstance());
        return value.getStringValue();
    }
}
