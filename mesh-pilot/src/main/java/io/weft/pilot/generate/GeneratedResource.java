package io.weft.pilot.generate;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One resource, serialised once for every proxy that gets it.
 *
 * @param name    the resource's name
 * @param version a hash of its content, so that equal content has one version across changes of the mesh, restarts and replicas
 * @param any     the packed message
 */
public record GeneratedResource(String name, String version, Any any) {

    private static final int VERSION_BYTES = 8;

    /** Packs and versions a message. */
    public static GeneratedResource of(String name, Message message) {
        ByteString bytes = deterministic(message);
        Any any = Any.newBuilder()
                .setTypeUrl("type.googleapis.com/" + message.getDescriptorForType().getFullName())
                .setValue(bytes)
                .build();
        return new GeneratedResource(name, hash(bytes.toByteArray()), any);
    }

    static String hash(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, VERSION_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static ByteString deterministic(Message message) {
        byte[] bytes = new byte[message.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return com.google.protobuf.UnsafeByteOperations.unsafeWrap(bytes);
    }
}
