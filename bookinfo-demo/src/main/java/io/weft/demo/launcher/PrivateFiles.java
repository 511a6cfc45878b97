package io.weft.demo.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes files whole or not at all, and readable by whom they concern. */
final class PrivateFiles {

    private PrivateFiles() {}

    /** Mode 0600, as of the file's first moment. */
    static void writeSecret(Path file, String text) throws IOException {
        write(file, text, "rw-------");
    }

    /** Mode 0644. */
    static void writePublic(Path file, String text) throws IOException {
        write(file, text, "rw-r--r--");
    }

    private static void write(Path file, String text, String mode) throws IOException {
        Path folder = file.getParent();
        Files.createDirectories(folder);
        Path draft = Files.createTempFile(folder, file.getFileName().toString(), ".tmp", attributes(folder, mode));
        try {
            Files.writeString(draft, text);
            if (isPosix(folder)) {
                // The umask may have narrowed what was asked for.
                Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString(mode));
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static FileAttribute<?>[] attributes(Path folder, String mode) {
        return isPosix(folder)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
