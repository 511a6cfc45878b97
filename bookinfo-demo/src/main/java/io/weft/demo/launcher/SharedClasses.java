package io.weft.demo.launcher;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What twenty processes of one class path need not each do for themselves: an archive of loaded classes (class data sharing), which is mapped instead of read,
 * verified and kept twenty times. It halves a part's start, and its classes are in memory once.
 *
 * <p>The JVM archives nothing from folders, and a build may rewrite them while parts run. So the class path's folders are copied into jars first, in
 * {@code classes/<key>/} below home, where the key stands for the class path's content and the JVM: after a build there is another folder, and the old one goes,
 * unless a launcher of that build is still alive and holds the lock on it.
 *
 * <p>The archive is made once, beside the start of the first parts ({@link ArchiveMain}). Without one everything works, only slower: whatever fails here is
 * one warning.
 */
final class SharedClasses implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger("weft.progress");

    private static final long MAKING_SECONDS = 120;
    private static final String IN_USE = "in-use";
    private static final String MAKING = "making";
    private static final long POLL_MILLIS = 20;

    private final Path home;
    private final String given;

    private @Nullable String classPath;
    private Path folder;
    private boolean there;
    private boolean jars;
    private @Nullable Process making;
    private final CountDownLatch oneCoreIsFree = new CountDownLatch(1);
    private @Nullable FolderLock inUse;
    private boolean closed;

    /**
     * @param home the mesh's folder
     * @param classPath of the launcher
     */
    SharedClasses(Path home, String classPath) {
        this.home = home;
        this.given = absolute(classPath);
        this.folder = home.resolve("classes");
    }

    /** A part may be started from anywhere. */
    private static String absolute(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .reduce((left, right) -> left + File.pathSeparator + right)
                .orElseThrow();
    }

    /** The parts' class path: the same classes as the launcher's, in jars; the launcher's own where those cannot be written. */
    synchronized String classPath() {
        if (classPath == null) {
            try {
                classPath = jarred();
                jars = true;
                there = checked();
            } catch (IOException | UncheckedIOException unwritable) {
                log.warn("  {}: {}; parts start from class folders, which takes longer", folder, unwritable.toString());
                classPath = given;
            }
        }
        return classPath;
    }

    private String jarred() throws IOException {
        ClassFolders folders = new ClassFolders(List.of(given.split(File.pathSeparator)));
        Path all = Files.createDirectories(folder);
        folder = all.resolve(folders.key());
        // One launcher at a time: a folder is made, taken and deleted as one step.
        try (FolderLock alone = FolderLock.alone(all.resolve("lock"))) {
            deleteUnused(all);
            if (!Files.isDirectory(folder)) {
                jar(folders, all);
            }
            inUse = FolderLock.shared(folder.resolve(IN_USE));
        }
        try (FolderLock nobodyMakes = FolderLock.aloneNow(folder.resolve(MAKING))) {
            if (nobodyMakes != null) {
                deleteDrafts();
            }
        }
        return String.join(File.pathSeparator, folders.entries(folder));
    }

    /** Folders of other builds, and drafts that were never finished. */
    private void deleteUnused(Path all) throws IOException {
        try (Stream<Path> old = Files.list(all)) {
            for (Path each : old.filter(Files::isDirectory).filter(other -> !other.equals(folder)).toList()) {
                if (!FolderLock.isHeld(each.resolve(IN_USE))) {
                    delete(each);
                }
            }
        }
    }

    private void jar(ClassFolders folders, Path all) throws IOException {
        Path draft = Files.createTempDirectory(all, "draft");
        try {
            folders.jarInto(draft);
            Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | UncheckedIOException failed) {
            delete(draft);
            throw failed;
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    private Path archiveFile() {
        return folder.resolve("classes.jsa");
    }

    private Path checksumFile() {
        return folder.resolve("classes.jsa.crc32c");
    }

    /** The JVM maps what it finds, and looks at the head only: what was damaged meanwhile would be run. */
    private boolean checked() throws IOException {
        if (!Files.exists(archiveFile())) {
            return false;
        }
        String expected = Files.exists(checksumFile()) ? Files.readString(checksumFile()).strip() : "none";
        String found = ClassFolders.checksum(archiveFile());
        if (!found.equals(expected)) {
            log.warn("  {} is damaged (CRC {}, expected: {}) and made again", archiveFile(), found, expected);
            Files.delete(archiveFile());
            return false;
        }
        return true;
    }

    /** The JVM options of a part that starts now. */
    synchronized List<String> options() {
        classPath();
        return there ? List.of("-XX:SharedArchiveFile=" + archiveFile()) : List.of();
    }

    /** Whether {@link #make} would help. */
    synchronized boolean isMissing() {
        classPath();
        return jars && !there;
    }

    /**
     * Makes the archive.
     *
     * @param java a JVM's command up to its class path
     */
    void make(List<String> java) throws InterruptedException {
        Path output = home.resolve("logs").resolve("class-archive.log");
        try (FolderLock alone = FolderLock.aloneNow(folder.resolve(MAKING))) {
            if (alone != null) {
                Files.createDirectories(output.getParent());
                make(java, output);
            }
            // Else another launcher of this build makes it.
        } catch (IOException failed) {
            if (end(false)) {
                log.warn("  no archive of classes, so parts take longer to start: {} ({})", failed.getMessage(), output);
            }
        } finally {
            oneCoreIsFree.countDown();
        }
    }

    /** Waits until {@link #make}, which another thread has begun, has no work for a second core any more, or has ended. */
    void awaitOneCore() throws InterruptedException {
        oneCoreIsFree.await();
    }

    private void make(List<String> java, Path output) throws IOException, InterruptedException {
        deleteDrafts();
        // One that a killed launcher had begun may still be written to.
        Path draft = folder.resolve("draft-" + ProcessHandle.current().pid() + ".jsa");
        Path loaded = folder.resolve("draft-" + ProcessHandle.current().pid() + ".loaded");
        try {
            Process process = begin(java, output, draft, loaded);
            if (process == null) {
                return;
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAKING_SECONDS);
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                if (Files.exists(loaded)) {
                    oneCoreIsFree.countDown();
                }
                if (System.nanoTime() - end > 0) {
                    process.destroyForcibly().waitFor();
                    throw new IOException("not made after " + MAKING_SECONDS + " s");
                }
            }
            if (process.exitValue() != 0 || !Files.exists(draft)) {
                throw new IOException("ended with status " + process.exitValue());
            }
            Files.writeString(checksumFile(), ClassFolders.checksum(draft) + "\n");
            Files.move(draft, archiveFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            end(true);
        } finally {
            deleteDrafts();
        }
    }

    /** Ours, and those of launchers that are no more: nobody else makes one now. */
    private void deleteDrafts() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path draft : files.filter(file -> file.getFileName().toString().startsWith("draft-")).toList()) {
                Files.deleteIfExists(draft);
            }
        }
    }

    /** Null: everything is being stopped. */
    private synchronized @Nullable Process begin(List<String> java, Path output, Path draft, Path loaded) throws IOException {
        if (closed) {
            return null;
        }
        List<String> command = new ArrayList<>(java);
        // It ends when the launcher does, like every part.
        command.addAll(List.of(
                "-XX:ArchiveClassesAtExit=" + draft,
                "-cp",
                classPath(),
                ChildMain.class.getName(),
                ArchiveMain.class.getName(),
                loaded.toString()));
        try (Stream<Path> files = Files.list(folder)) {
            files.map(Path::toString).filter(name -> name.endsWith(".jar")).sorted().forEach(command::add);
        }
        making = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        return making;
    }

    /** False when everything is being stopped. */
    private synchronized boolean end(boolean made) {
        making = null;
        there = made;
        return !closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (making != null) {
            making.destroyForcibly();
        }
        if (inUse != null) {
            try {
                inUse.close();
            } catch (IOException e) {
                log.debug("{}: {}", folder, e.toString());
            }
        }
    }
}
