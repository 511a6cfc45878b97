package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassFoldersTest {

    @TempDir
    Path temp;

    private Path folder;
    private Path file;
    private ClassFolders classPath;

    @BeforeEach
    void write() throws IOException {
        folder = Files.createDirectories(temp.resolve("classes/a/b")).getParent().getParent();
        file = Files.writeString(folder.resolve("a/b/c.txt"), "one");
        Path library = Files.writeString(temp.resolve("library.jar"), "jar");
        Path larger = Files.writeString(temp.resolve("larger.jar"), "a larger jar");
        classPath = new ClassFolders(List.of(temp.resolve("missing").toString(), library.toString(), folder.toString(), larger.toString()));
    }

    @Test
    void folders_becomeJars_andComeFirst_withAllThatIsInThem() throws Exception {
        classPath.jarInto(temp);

        assertThat(classPath.entries(temp))
                .containsExactly(
                        temp.resolve("2.jar").toString(),
                        temp.resolve("larger.jar").toString(),
                        temp.resolve("library.jar").toString(),
                        temp.resolve("missing").toString());
        try (URLClassLoader loader = new URLClassLoader(new URL[] {temp.resolve("2.jar").toUri().toURL()}, null)) {
            try (InputStream in = loader.getResourceAsStream("a/b/c.txt")) {
                assertThat(in).hasContent("one");
            }
            assertThat(loader.getResource("a/b/")).as("a folder, which Spring looks for first").isNotNull();
        }
    }

    @Test
    void signedLibraries_areCopiedWithoutTheSignature() throws Exception {
        Path signed = Path.of(X500Name.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        assertThat(signed.getFileName().toString()).startsWith("bcprov-");
        ClassFolders withIt = new ClassFolders(List.of(signed.toString()));
        withIt.jarInto(temp);

        assertThat(withIt.entries(temp)).containsExactly(temp.resolve("0.jar").toString());
        try (JarFile before = new JarFile(signed.toFile());
                JarFile after = new JarFile(temp.resolve("0.jar").toFile())) {
            assertThat(signatures(before)).isNotEmpty();
            assertThat(signatures(after)).isEmpty();
            assertThat(after.getManifest().getMainAttributes()).isEqualTo(before.getManifest().getMainAttributes());
            assertThat(after.getManifest().getEntries()).isEmpty();
            assertThat(after.size()).isEqualTo(before.size() - signatures(before).size());
        }
        try (URLClassLoader loader = new URLClassLoader(new URL[] {temp.resolve("0.jar").toUri().toURL()}, null)) {
            Class<?> name = loader.loadClass(X500Name.class.getName());
            assertThat(name.getSigners()).isNull();
            assertThat(name.getConstructor(String.class).newInstance("CN=weft")).hasToString("CN=weft");
        }
    }

    private static List<String> signatures(JarFile jar) {
        return jar.stream().map(JarEntry::getName).filter(name -> name.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)")).toList();
    }

    @Test
    void theKey_isAnotherOneForOtherContent() throws Exception {
        String key = classPath.key();
        assertThat(classPath.key()).isEqualTo(key).matches("[0-9a-f]{16}");

        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, "longer");
        Files.setLastModifiedTime(file, time);
        assertThat(classPath.key()).as("size").isNotEqualTo(key);

        Files.writeString(file, "two");
        Files.setLastModifiedTime(file, FileTime.fromMillis(time.toMillis() + 1000));
        assertThat(classPath.key()).as("time").isNotEqualTo(key);

        Files.writeString(file, "one");
        Files.setLastModifiedTime(file, time);
        assertThat(classPath.key()).as("as before").isEqualTo(key);

        Files.createFile(folder.resolve("new.txt"));
        assertThat(classPath.key()).as("one more").isNotEqualTo(key);
    }

    @Test
    void theKey_isAnotherOneForAnotherOrder() throws Exception {
        List<String> entries = List.of(folder.toString(), temp.resolve("library.jar").toString());
        assertThat(new ClassFolders(entries).key())
                .isNotEqualTo(new ClassFolders(List.of(entries.get(1), entries.get(0))).key());
    }

    @Test
    void aChecksum_tellsOneByteFromAnother() throws IOException {
        String before = ClassFolders.checksum(file);
        Files.writeString(file, "onf");
        assertThat(ClassFolders.checksum(file)).isNotEqualTo(before);
    }
}
