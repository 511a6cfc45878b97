package io.weft.ca.authority;

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
import java.util.Set;

/** Files that only their owner may read: created with that mode (there is no moment in which others can), replaced atomically. */
final class Files0600 {

    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_DIRECTORY = PosixFilePermissions.fromString("rwx--x--x");
    private static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");
    private static final int MAX_BYTES = 1 << 20;

    private Files0600() {}

    /** Others may pass through to the public root certificate, but not list or write. */
    static void createDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Path parent = directory.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY));
        }
    }

    static void writePrivate(Path file, String text) throws IOException {
        write(file, text, OWNER);
    }

    static void writePublic(Path file, String text) throws IOException {
        write(file, text, PUBLIC);
    }

    private static void write(Path file, String text, Set<PosixFilePermission> mode) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        Path temporary = Files.createTempFile(parent, "." + file.getFileName(), ".new", PosixFilePermissions.asFileAttribute(OWNER));
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            if (mode != OWNER) {
                Files.setPosixFilePermissions(temporary, mode);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** @throws AuthorityException if anybody but the owner may read or write it */
    static String readPrivate(Path file) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        if (!Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE).containsAll(mode)) {
            throw new AuthorityException(file + ": mode " + PosixFilePermissions.toString(mode)
                    + " (expected: rw-------; a key others could read is not used: chmod 600 it if nobody did, else delete the folder and start anew)");
        }
        return read(file);
    }

    static String read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new AuthorityException(file + ": " + size + " bytes (expected: at most " + MAX_BYTES + ")");
        }
        return Files.readString(file);
    }
}
