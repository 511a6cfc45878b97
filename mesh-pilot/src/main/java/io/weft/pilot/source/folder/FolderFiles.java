package io.weft.pilot.source.folder;

import io.weft.pilot.model.parse.ParseLimits;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.source.UnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The folder's files, found and read within bounds. Links that lead out of the folder are not followed. */
final class FolderFiles {

    private static final int MAX_DEPTH = 8;
    private static final int MAX_FILES = 10_000;

    private final Path root;

    FolderFiles(Path root) {
        this.root = root;
    }

    /**
     * A file as it stands.
     *
     * @param real after links; null when it may not be read
     * @param reason why it may not be read
     */
    record Found(@Nullable Path real, long size, long modifiedNanos, @Nullable Object identity, @Nullable String reason) {

        boolean sameAs(@Nullable Found other) {
            return other != null
                    && size == other.size
                    && modifiedNanos == other.modifiedNanos
                    && Objects.equals(identity, other.identity)
                    && Objects.equals(real, other.real)
                    && Objects.equals(reason, other.reason);
        }
    }

    /** Listed files by relative name in order, and folders to watch. */
    record Listing(SortedMap<String, Found> files, List<Path> folders) {}

    /** @throws UnavailableException if the folder, or one in it, cannot be looked into: which is not the same as seeing nothing */
    Listing list() throws IOException {
        try {
            Path realRoot = root.toRealPath();
            if (!Files.isDirectory(realRoot)) {
                throw new UnavailableException(root + " cannot be read: it is no folder");
            }
            return walk(realRoot);
        } catch (FileSystemException away) {
            String reason = away instanceof NoSuchFileException ? "there is no such folder" : away.toString();
            throw new UnavailableException(root + " cannot be read: " + reason);
        }
    }

    private static Listing walk(Path realRoot) throws IOException {
        SortedMap<String, Found> files = new TreeMap<>();
        List<Path> folders = new ArrayList<>();
        Files.walkFileTree(realRoot, EnumSet.noneOf(FileVisitOption.class), MAX_DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                if (!folder.equals(realRoot) && isHidden(folder)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                folders.add(folder);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!isHidden(file) && isConfig(file) && !attributes.isDirectory()) {
                    files.put(name(realRoot, file), found(realRoot, file));
                }
                if (files.size() > MAX_FILES) {
                    throw new IOException("too many files (expected: at most " + MAX_FILES + ")");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException && !file.equals(realRoot)) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
        return new Listing(files, folders);
    }

    private static String name(Path realRoot, Path file) {
        return realRoot.relativize(file).toString().replace('\\', '/');
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    private static boolean isConfig(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
    }

    private static Found found(Path realRoot, Path file) {
        try {
            Path real = file.toRealPath();
            if (!real.startsWith(realRoot)) {
                return refused("a link that leaves the folder (expected: a file inside it)");
            }
            BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                return refused("not a regular file (expected: a file)");
            }
            return new Found(
                    real,
                    attributes.size(),
                    attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                    attributes.fileKey(),
                    null);
        } catch (IOException unreadable) {
            return refused("cannot be read: " + unreadable.getClass().getSimpleName());
        }
    }

    /** Whether a file is as it was found: what was read since is all of it. */
    boolean isStill(Found found) {
        try {
            Path real = found.real();
            return real == null || found.sameAs(found(root.toRealPath(), real));
        } catch (IOException gone) {
            return false;
        }
    }

    private static Found refused(String reason) {
        return new Found(null, 0, 0, null, reason);
    }

    /** Reads a file whole, as strict UTF-8. */
    static String read(Path real) throws IOException, UnreadableException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(ParseLimits.MAX_BYTES + 1L, Files.size(real) + 1));
        // The path has no link in it; one put there since leads nowhere.
        try (SeekableByteChannel channel =
                Files.newByteChannel(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                continue;
            }
        }
        if (bytes.position() > ParseLimits.MAX_BYTES) {
            throw ParseLimits.tooLarge(Files.size(real));
        }
        bytes.flip();
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes)
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException malformed) {
            throw ParseLimits.notUtf8();
        }
    }
}
