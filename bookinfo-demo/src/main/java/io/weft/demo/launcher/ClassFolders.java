package io.weft.demo.launcher;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A class path, and its folders as jars. */
final class ClassFolders {

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

    /** The class path with {@link #jarInto}'s jars in the places of the folders. */
    List<String> entries(Path jars) {
        return IntStream.range(0, entries.size()).mapToObj(at -> isFolder(at) ? jar(jars, at).toString() : entries.get(at)).toList();
    }

    private boolean isFolder(int at) {
        return Files.isDirectory(Path.of(entries.get(at)));
    }

    private static Path jar(Path jars, int at) {
        return jars.resolve(at + ".jar");
    }

    /** Copies each folder into a jar, not compressed: this is about time. */
    void jarInto(Path jars) throws IOException {
        for (int at = 0; at < entries.size(); at++) {
            if (isFolder(at)) {
                write(Path.of(entries.get(at)), jar(jars, at));
            }
        }
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
