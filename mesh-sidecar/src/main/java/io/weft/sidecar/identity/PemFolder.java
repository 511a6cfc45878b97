package io.weft.sidecar.identity;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Writes an identity as {@code cert-chain.pem}, {@code key.pem} and {@code root-cert.pem} (0600) for those who read files. As in a
 * Kubernetes secret volume, the three names are links through {@code ..data} into a folder per version: one renamed link changes all
 * three at once.
 */
public final class PemFolder {

    private static final String DATA = "..data";
    private static final List<String> NAMES = List.of("cert-chain.pem", "key.pem", "root-cert.pem");
    /** The one before stays, for a reader that has just followed the link. */
    private static final int KEPT = 2;

    private final Path directory;

    public PemFolder(Path directory) {
        this.directory = directory;
    }

    /** Replaces what is in the folder; what it held stays if that fails. */
    public void write(Svid svid) throws IOException {
        PrivateFiles.createDirectory(directory);
        Path folder = newVersion();
        try {
            fill(folder, svid);
            link(DATA, folder.getFileName());
        } catch (IOException e) {
            delete(folder);
            throw e;
        }
        // Before what may fail again and again: else each try would leave a version.
        sweep();
        for (String name : NAMES) {
            Path target = Path.of(DATA, name);
            if (!isLinkTo(directory.resolve(name), target)) {
                link(name, target);
            }
        }
    }

    private static void fill(Path folder, Svid svid) throws IOException {
        PrivateFiles.createDirectory(folder);
        PrivateFiles.create(folder.resolve("cert-chain.pem"), Pem.encode(svid.chain()));
        PrivateFiles.create(folder.resolve("key.pem"), Pem.encode(svid.key()));
        PrivateFiles.create(folder.resolve("root-cert.pem"), Pem.encode(svid.roots()));
    }

    /** Names sort by age, and none is used twice. */
    private Path newVersion() {
        for (long version = System.currentTimeMillis(); ; version++) {
            Path folder = directory.resolve(String.format(Locale.ROOT, "..%015d", version));
            if (!Files.exists(folder)) {
                return folder;
            }
        }
    }

    private void link(String name, Path target) throws IOException {
        Path temporary = directory.resolve("." + name + ".new");
        Files.deleteIfExists(temporary);
        Files.createSymbolicLink(temporary, target);
        Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean isLinkTo(Path link, Path target) throws IOException {
        return Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target);
    }

    private void sweep() throws IOException {
        List<Path> versions = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "..[0-9]*")) {
            entries.forEach(versions::add);
        }
        versions.sort(Comparator.comparing(path -> path.getFileName().toString()));
        for (Path old : versions.subList(0, Math.max(0, versions.size() - KEPT))) {
            delete(old);
        }
    }

    private static void delete(Path version) throws IOException {
        for (String name : NAMES) {
            Files.deleteIfExists(version.resolve(name));
        }
        Files.deleteIfExists(version);
    }
}
