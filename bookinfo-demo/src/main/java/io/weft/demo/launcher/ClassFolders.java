package io.weft.demo.launcher;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A class path, and its folders as jars. So are libraries that are signed, without the signature: each process would check it for a quarter of a second, and
 * nothing of them is archived.
 */
final class ClassFolders {

    /** Those there are; another one would only take its time. */
    private static final List<String> SIGNED = List.of("bcpkix-", "bcprov-", "bcutil-");

    private static final List<String> SIGNATURES = List.of(".SF", ".RSA", ".DSA", ".EC");

    private static final int KEY_LENGTH = 16;

    private final List<String> entries;

    ClassFolders(List<String> entries) {
        this.entries = List.copyOf(entries);
    }

    /** Another one for other content (sizes and times of its files), for another order, and for another JVM. */
    String key() throws IOException {
        MessageDigest digest = sha256();
        add(digest, System.getProperty("java.home") + " " + System.getProperty("java.vm.version"));
        for (String entry : entries) {
            Path path = Path.of(entry);
            add(digest, entry);
            if (Files.isDirectory(path)) {
                try (Stream<Path> files = Files.walk(path)) {
                    for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                        add(digest, file, path.relativize(file).toString());
                    }
                }
            } else if (Files.exists(path)) {
                add(digest, path, "");
            }
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, KEY_LENGTH);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static void add(MessageDigest digest, Path file, String name) throws IOException {
        add(digest, name + " " + Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis());
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    /**
     * The class path with {@link #jarInto}'s jars; those of folders come first, then the libraries, largest first.
     *
     * <p>A JVM that archives classes looks up two files for every entry before the one that a class is from, for each class: with the entries as Maven has
     * them that was three million calls, and a third of the work.
     */
    List<String> entries(Path jars) {
        Stream<String> folders = IntStream.range(0, entries.size()).filter(this::isFolder).mapToObj(at -> jar(jars, at).toString());
        Stream<String> libraries = IntStream.range(0, entries.size())
                .filter(at -> !isFolder(at))
                .mapToObj(at -> isSigned(at) ? jar(jars, at).toString() : entries.get(at))
                .sorted(Comparator.comparing((String entry) -> new File(entry).length()).reversed());
        return Stream.concat(folders, libraries).toList();
    }

    private boolean isFolder(int at) {
        return Files.isDirectory(Path.of(entries.get(at)));
    }

    private static Path jar(Path jars, int at) {
        return jars.resolve(at + ".jar");
    }

    private boolean isSigned(int at) {
        Path library = Path.of(entries.get(at));
        return SIGNED.stream().anyMatch(library.getFileName().toString()::startsWith) && Files.exists(library);
    }

    /** Copies each folder, and each signed library, into a jar, not compressed: this is about time. */
    void jarInto(Path jars) throws IOException {
        for (int at = 0; at < entries.size(); at++) {
            if (isFolder(at)) {
                write(Path.of(entries.get(at)), jar(jars, at));
            } else if (isSigned(at)) {
                writeUnsigned(Path.of(entries.get(at)), jar(jars, at));
            }
        }
    }

    private static void writeUnsigned(Path library, Path jar) throws IOException {
        try (JarFile in = new JarFile(library.toFile(), false)) {
            Manifest manifest = in.getManifest();
            // A digest of each class.
            manifest.getEntries().clear();
            try (JarOutputStream out = new JarOutputStream(new BufferedOutputStream(Files.newOutputStream(jar)), manifest)) {
                out.setLevel(Deflater.NO_COMPRESSION);
                for (JarEntry entry : Collections.list(in.entries())) {
                    String name = entry.getName();
                    if (!name.equals(JarFile.MANIFEST_NAME) && !isSignature(name)) {
                        out.putNextEntry(new ZipEntry(name));
                        in.getInputStream(entry).transferTo(out);
                        out.closeEntry();
                    }
                }
            }
        }
    }

    private static boolean isSignature(String name) {
        return name.startsWith("META-INF/") && SIGNATURES.stream().anyMatch(name::endsWith);
    }

    private static void write(Path folder, Path jar) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(jar)));
                Stream<Path> files = Files.walk(folder)) {
            out.setLevel(Deflater.NO_COMPRESSION);
            for (Path file : files.filter(each -> !each.equals(folder)).sorted().toList()) {
                boolean isFolder = Files.isDirectory(file);
                String name = folder.relativize(file).toString().replace('\\', '/');
                // Whoever looks for resources below a folder looks for the folder first.
                out.putNextEntry(new ZipEntry(isFolder ? name + "/" : name));
                if (!isFolder) {
                    Files.copy(file, out);
                }
                out.closeEntry();
            }
        }
    }

    static String checksum(Path file) throws IOException {
        CRC32C checksum = new CRC32C();
        try (InputStream in = new CheckedInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16), checksum)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return Long.toHexString(checksum.getValue());
    }
}
