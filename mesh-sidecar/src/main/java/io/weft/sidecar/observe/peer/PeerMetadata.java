package io.weft.sidecar.observe.peer;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.netty.util.AsciiString;
import io.weft.sidecar.identity.SpiffeId;
import io.weft.sidecar.resource.Workload;
import java.util.Base64;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What mesh peers say of themselves in {@code x-envoy-peer-metadata}, decoded once per distinct value. Only for values from peers with a mesh certificate;
 * what is malformed or too long is as good as nothing. Thread-safe.
 */
public final class PeerMetadata {
    public static final AsciiString HEADER = AsciiString.cached("x-envoy-peer-metadata");
    public static final AsciiString ID_HEADER = AsciiString.cached("x-envoy-peer-metadata-id");

    private static final int MOST_BYTES = 4096;
    private static final int MOST_KNOWN = 1000;

    private final ConcurrentHashMap<String, Workload> known = new ConcurrentHashMap<>();
    private final PeerNames names;

    public PeerMetadata(PeerNames names) {
        this.names = names;
    }

    /** @param id of the peer's certificate */
    public Workload read(CharSequence value, SpiffeId id) {
        if (value.length() == 0 || tooLong(value)) {
            return Workload.UNKNOWN;
        }
        String key = id.uri() + ' ' + value;
        Workload workload = known.get(key);
        if (workload == null) {
            workload = names.of(id, decode(value.toString()));
            if (known.size() >= MOST_KNOWN) {
                known.clear();
            }
            known.put(key, workload);
        }
        return workload;
    }

    /** Not even worth remembering. */
    public static boolean tooLong(CharSequence value) {
        return value.length() > MOST_BYTES;
    }

    private static Workload decode(String value) {
        Struct said;
        try {
            said = Struct.parseFrom(Base64.getDecoder().decode(value));
        } catch (IllegalArgumentException | InvalidProtocolBufferException notMetadata) {
            return Workload.UNKNOWN;
        }
        return of(said);
    }

    /** As the peer says it, but in no namespace: that is proven otherwise. */
    static Workload of(Struct said) {
        Struct labels = said.getFieldsOrDefault("LABELS", Value.getDefaultInstance()).getStructValue();
        String canonical = text(labels, "service.istio.io/canonical-name");
        String revision = text(labels, "service.istio.io/canonical-revision");
        String app = text(labels, "app");
        String version = text(labels, "version");
        return new Workload(
                text(said, "WORKLOAD_NAME"), "", app.isEmpty() ? canonical : app, version.isEmpty() ? revision : version, canonical, revision,
                text(said, "CLUSTER_ID"));
    }

    private static String text(Struct struct, String key) {
        return struct.getFieldsOrDefault(key, Value.getDefaultInstance()).getStringValue();
    }
}
