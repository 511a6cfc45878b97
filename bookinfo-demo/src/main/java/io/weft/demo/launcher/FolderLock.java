package io.weft.demo.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A lock among launchers, each a process of its own: it ends with its holder, however that ends. */
final class FolderLock implements AutoCloseable {

    private final FileChannel file;

    private FolderLock(FileChannel file) {
        this.file = file;
    }

    /** Waits until nobody else holds it. */
    static FolderLock alone(Path file) throws IOException {
        return held(file, FileChannel::lock);
    }

    /** Waits until nobody holds it alone. */
    static FolderLock shared(Path file) throws IOException {
        return held(file, channel -> channel.lock(0, Long.MAX_VALUE, true));
    }

    private interface Lock {
        FileLock of(FileChannel file) throws IOException;
    }

    private static FolderLock held(Path file, Lock lock) throws IOException {
        FolderLock held = tryHold(file, lock);
        if (held == null) {
            throw new IOException(file + ": held by this process already");
        }
        return held;
    }

    /** Null: somebody holds it. */
    static @Nullable FolderLock aloneNow(Path file) throws IOException {
        return tryHold(file, FileChannel::tryLock);
    }

    private static @Nullable FolderLock tryHold(Path file, Lock lock) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean held = false;
        try {
            held = lock.of(channel) != null;
        } catch (OverlappingFileLockException ours) {
            held = false;
        } finally {
            if (!held) {
                channel.close();
            }
        }
        return held ? new FolderLock(channel) : null;
    }

    /** Whether anybody holds it. */
    static boolean isHeld(Path file) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        try (FolderLock free = aloneNow(file)) {
            return free == null;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
