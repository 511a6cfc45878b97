package io.weft.sidecar.observe.peer;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * What proxies send each other once before the bytes of a connection, by {@code istio-peer-exchange}: a magic number, the length of what follows (both four
 * bytes in network order), and an {@code Any} of a {@code Struct} that holds what the headers of a request would.
 */
final class PeerFrame {
    static final int MAGIC = 0x3D230467;
    /** Magic number and length. */
    static final int HEAD = 8;
    /** More than anybody says of himself. */
    static final int MOST_BYTES = 16 * 1024;

    private static final String METADATA = PeerMetadata.HEADER.toString();
    private static final String ID = PeerMetadata.ID_HEADER.toString();
    private static final String TYPE = "type.googleapis.com/google.protobuf.Struct";

    private PeerFrame() {}

    /** @param metadata as in the header: base64 of a Struct; empty: nothing is told */
    static byte[] of(String metadata, String id) {
        Struct.Builder said = Struct.newBuilder();
        said.putFields(METADATA, Value.newBuilder().setStructValue(own(metadata)).build());
        if (!id.isEmpty()) {
            said.putFields(ID, Value.newBuilder().setStringValue(id).build());
        }
        byte[] body = Any.newBuilder().setTypeUrl(TYPE).setValue(said.build().toByteString()).build().toByteArray();
        return ByteBuffer.allocate(HEAD + body.length).putInt(MAGIC).putInt(body.length).put(body).array();
    }

    private static Struct own(String metadata) {
        try {
            return Struct.parseFrom(Base64.getDecoder().decode(metadata));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("metadata that was serialised here", e);
        }
    }

    /**
     * The peer's metadata out of what follows the head; empty when it says nothing of itself.
     *
     * @throws InvalidProtocolBufferException when it is something else
     */
    static Struct metadata(ByteString body) throws InvalidProtocolBufferException {
        Any any = Any.parseFrom(body);
        if (!any.is(Struct.class)) {
            throw new InvalidProtocolBufferException("not a Struct");
        }
        return any.unpack(Struct.class).getFieldsOrDefault(METADATA, Value.getDefaultInstance()).getStructValue();
    }
}
