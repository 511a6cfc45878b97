package io.weft.sidecar.xds;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resources that were good last, on disk, so that a proxy serves after its own restart while the control plane is away.
 *
 * <p>One file: a line that names format and version, the SHA-256 of the rest, then one length-delimited {@code DeltaDiscoveryResponse} per kind. It belongs to
 * one identity: resources may hold secrets, which another identity must not get. A file that is not whole, not ours or not of this version is ignored, with a
 * line in the log that says why: the control plane will send everything again.
 */
public final class LastGood {

    private static final Logger log = LoggerFactory.getLogger(LastGood.class);
    private static final byte[] MAGIC = "weft-xds-cache 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int HASH_BYTES = 32;
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final long MAX_BYTES = 256L * 1024 * 1024;

    private final Path file;
    private final String owner;

    /**
     * @param file where it is kept; its folder is made when it is first written
     * @param owner identity the resources were sent to
     */
    public LastGood(Path file, String owner) {
        this.file = file;
        this.owner = owner;
    }

    /** What was kept; empty when there is nothing usable. */
    public Map<ResourceKind, List<RawResource>> load() {
        if (!Files.exists(file)) {
            return Map.of();
        }
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
            if (!OWNER.containsAll(mode)) {
                throw new IOException("mode: " + PosixFilePermissions.toString(mode) + " (expected: rw-------, else others could have written it)");
            }
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new IOException("size: " + size + " bytes (expected: <= " + MAX_BYTES + ")");
            }
            return decode(Files.readAllBytes(file));
        } catch (IOException e) {
            log.warn("{}: ignored, the control plane will be asked for everything: {}", file, e.getMessage());
            return Map.of();
        }
    }

    private Map<ResourceKind, List<RawResource>> decode(byte[] bytes) throws IOException {
        int bodyAt = MAGIC.length + HASH_BYTES;
        if (bytes.length < bodyAt || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IOException("does not start with \"weft-xds-cache 1\"");
        }
        byte[] body = Arrays.copyOfRange(bytes, bodyAt, bytes.length);
        if (!MessageDigest.isEqual(sha256(body), Arrays.copyOfRange(bytes, MAGIC.length, bodyAt))) {
            throw new IOException("the checksum does not match");
        }
        Map<ResourceKind, List<RawResource>> resources = new EnumMap<>(ResourceKind.class);
        CodedInputStream in = CodedInputStream.newInstance(body);
        while (!in.isAtEnd()) {
            DeltaDiscoveryResponse.Builder part = DeltaDiscoveryResponse.newBuilder();
            in.readMessage(part, com.google.protobuf.ExtensionRegistryLite.getEmptyRegistry());
            if (!part.getSystemVersionInfo().equals(owner)) {
                throw new IOException("belongs to " + part.getSystemVersionInfo() + " (expected: " + owner + ")");
            }
            ResourceKind kind = ResourceKind.ofTypeUrl(part.getTypeUrl())
                    .orElseThrow(() -> new InvalidProtocolBufferException("unknown type " + part.getTypeUrl()));
            List<RawResource> list = resources.computeIfAbsent(kind, k -> new ArrayList<>());
            for (Resource resource : part.getResourcesList()) {
                list.add(new RawResource(resource.getName(), resource.getVersion(), resource.getResource()));
            }
        }
        return resources;
    }

    /** Replaces what is kept: written beside, flushed, renamed, so that a crash leaves the old file or the new one. */
    public void save(Map<ResourceKind, List<RawResource>> resources) {
        try {
            byte[] body = encode(resources);
            Path parent = file.toAbsolutePath().getParent();
            Files.createDirectories(parent, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path fresh = Files.createTempFile(
                    parent, file.getFileName() + ".", ".tmp", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                    writeFully(out, MAGIC);
                    writeFully(out, sha256(body));
                    writeFully(out, body);
                    out.force(true);
                }
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            // Serving goes on: what is lost is only the ability to start without the control plane.
            log.warn("{}: the last good configuration could not be kept: {}", file, e.toString());
        }
    }

    private static void writeFully(FileChannel out, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    private byte[] encode(Map<ResourceKind, List<RawResource>> resources) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Map.Entry<ResourceKind, List<RawResource>> entry : resources.entrySet()) {
            DeltaDiscoveryResponse.Builder part = DeltaDiscoveryResponse.newBuilder()
                    .setTypeUrl(entry.getKey().typeUrl())
                    .setSystemVersionInfo(owner);
            for (RawResource raw : entry.getValue()) {
                part.addResources(
                        Resource.newBuilder().setName(raw.name()).setVersion(raw.version()).setResource(raw.body()));
            }
            part.build().writeDelimitedTo(out);
        }
        return out.toByteArray();
    }

    private static byte[] sha256(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
