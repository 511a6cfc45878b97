package io.weft.sidecar.resource;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/** {@code Node} → {@link LocalNode}, by Istio's names of metadata and labels (docs/contracts.md, "Telemetry"). */
public final class LocalNodeParser {
    private static final String CANONICAL_NAME = "service.istio.io/canonical-name";
    private static final String CANONICAL_REVISION = "service.istio.io/canonical-revision";

    private LocalNodeParser() {}

    /** What is not said is unknown; canonical names follow from the other labels as Istio's do. */
    public static LocalNode parse(Node node) {
        Struct metadata = node.getMetadata();
        Struct labels = metadata.getFieldsOrDefault("LABELS", Value.getDefaultInstance()).getStructValue();
        String name = first(text(metadata, "WORKLOAD_NAME"), text(metadata, "NAME"));
        String app = text(labels, "app");
        String version = text(labels, "version");
        String canonical = first(text(labels, CANONICAL_NAME), text(labels, "app.kubernetes.io/name"), app, name);
        String revision = first(text(labels, CANONICAL_REVISION), text(labels, "app.kubernetes.io/version"), version, name.isEmpty() ? "" : "latest");
        Workload workload = new Workload(
                name, text(metadata, "NAMESPACE"), first(app, canonical), first(version, revision), canonical, revision, text(metadata, "CLUSTER_ID"));
        String service = workload.app().isEmpty() ? first(node.getCluster(), "unknown") : workload.app() + "." + workload.namespace();
        return new LocalNode(
                node.getId(), workload, service, text(metadata, "MESH_ID"), workload.known() ? peerMetadata(metadata, workload) : "", node.toByteArray());
    }

    /** The same proxy under the name by which the control plane knows it. */
    public static LocalNode known(LocalNode node, Workload self) {
        Node said;
        try {
            said = Node.parseFrom(node.message());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a node that was serialised here", e);
        }
        Struct.Builder labels =
                said.getMetadata().getFieldsOrDefault("LABELS", Value.getDefaultInstance()).getStructValue().toBuilder();
        put(labels, "app", self.app());
        put(labels, "version", self.version());
        put(labels, CANONICAL_NAME, self.canonicalService());
        put(labels, CANONICAL_REVISION, self.canonicalRevision());
        Struct.Builder metadata = said.getMetadata().toBuilder();
        put(metadata, "WORKLOAD_NAME", self.name());
        put(metadata, "NAMESPACE", self.namespace());
        put(metadata, "CLUSTER_ID", self.cluster());
        metadata.putFields("LABELS", Value.newBuilder().setStructValue(labels).build());
        Struct changed = metadata.build();
        return new LocalNode(
                node.id(),
                self,
                self.app() + "." + self.namespace(),
                node.meshId(),
                peerMetadata(changed, self),
                said.toBuilder().setMetadata(changed).build().toByteArray());
    }

    private static String peerMetadata(Struct metadata, Workload workload) {
        Struct.Builder labels = Struct.newBuilder();
        put(labels, "app", workload.app());
        put(labels, "version", workload.version());
        put(labels, CANONICAL_NAME, workload.canonicalService());
        put(labels, CANONICAL_REVISION, workload.canonicalRevision());
        Struct.Builder peer = Struct.newBuilder();
        put(peer, "NAME", text(metadata, "NAME"));
        put(peer, "NAMESPACE", workload.namespace());
        put(peer, "WORKLOAD_NAME", workload.name());
        put(peer, "CLUSTER_ID", workload.cluster());
        peer.putFields("LABELS", Value.newBuilder().setStructValue(labels).build());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        // peers remember it by its bytes
        out.useDeterministicSerialization();
        try {
            peer.build().writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static void put(Struct.Builder struct, String name, String value) {
        if (!value.isEmpty()) {
            struct.putFields(name, Value.newBuilder().setStringValue(value).build());
        }
    }

    private static String text(Struct struct, String key) {
        return struct.getFieldsOrDefault(key, Value.getDefaultInstance()).getStringValue();
    }

    private static String first(String... candidates) {
        for (String candidate : candidates) {
            if (!candidate.isEmpty()) {
                return candidate;
            }
        }
        return "";
    }
}
