package io.weft.demo.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.StringUtils;

/**
 * A part has the auto-configurations in the launcher that it has alone. What each has on its own class path its executable jar says; of
 * those that are named there an auto-configuration counts if the classes it depends on are there too.
 */
class SameAutoConfigurationIT {

    private static final String IMPORTS = "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";
    private static final String METADATA = "META-INF/spring-autoconfigure-metadata.properties";
    private static final String LIBRARIES = "BOOT-INF/lib/";
    private static final String CLASSES = "BOOT-INF/classes/";

    @ParameterizedTest
    @CsvSource({"ca, mesh-ca", "pilot, mesh-pilot", "telemetry, mesh-telemetry", "gateway, mesh-gateway"})
    void aloneAndInTheLauncher(String kind, String module) throws IOException {
        Set<String> alone = ClassPath.of(module).effective();
        Set<String> together = kept(kind, ClassPath.of("bookinfo-demo").effective());

        assertThat(alone).as("of %s alone", module).isNotEmpty();
        assertThat(together).as("of %s in the launcher", module).containsExactlyInAnyOrderElementsOf(alone);
    }

    private static Set<String> kept(String kind, Set<String> all) {
        MockEnvironment environment = new MockEnvironment();
        environment.setProperty(DemoApp.PART_KIND, kind);
        PartAutoConfigurationFilter filter = new PartAutoConfigurationFilter();
        filter.setEnvironment(environment);
        List<String> names = List.copyOf(all);
        boolean[] matches = filter.match(names.toArray(String[]::new), null);
        Set<String> kept = new TreeSet<>();
        for (int i = 0; i < matches.length; i++) {
            if (matches[i]) {
                kept.add(names.get(i));
            }
        }
        return kept;
    }

    /** What a class path holds. */
    private static final class ClassPath {

        private final Set<String> entries = new HashSet<>();
        private final Set<String> named = new TreeSet<>();
        private final Properties metadata = new Properties();

        /** That of a module of this build: its jar is packaged before integration tests run. */
        static ClassPath of(String module) throws IOException {
            Path target = Path.of("").toAbsolutePath().resolveSibling(module).resolve("target");
            try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, "*-exec.jar")) {
                Iterator<Path> found = jars.iterator();
                assertThat(found.hasNext()).as("%s has an executable jar (mvn package)", target).isTrue();
                ClassPath path = new ClassPath();
                try (ZipInputStream jar = new ZipInputStream(Files.newInputStream(found.next()))) {
                    path.readExecutable(jar);
                }
                return path;
            }
        }

        private void readExecutable(ZipInputStream jar) throws IOException {
            for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
                String name = entry.getName();
                if (name.startsWith(LIBRARIES) && name.endsWith(".jar")) {
                    ZipInputStream library = new ZipInputStream(new ByteArrayInputStream(jar.readAllBytes()));
                    for (ZipEntry each = library.getNextEntry(); each != null; each = library.getNextEntry()) {
                        read(each.getName(), library);
                    }
                } else if (name.startsWith(CLASSES)) {
                    read(name.substring(CLASSES.length()), jar);
                }
            }
        }

        private void read(String name, InputStream content) throws IOException {
            entries.add(name);
            if (name.equals(IMPORTS)) {
                new String(content.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> line.contains("#") ? line.substring(0, line.indexOf('#')) : line)
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .forEach(named::add);
            } else if (name.equals(METADATA)) {
                metadata.load(new ByteArrayInputStream(content.readAllBytes()));
            }
        }

        Set<String> effective() {
            Set<String> effective = new TreeSet<>();
            for (String name : named) {
                String needed = metadata.getProperty(name + ".ConditionalOnClass", "");
                boolean there = StringUtils.commaDelimitedListToSet(needed).stream()
                        .allMatch(type -> entries.contains(type.replace('.', '/') + ".class"));
                if (there) {
                    effective.add(name);
                }
            }
            return effective;
        }
    }
}
