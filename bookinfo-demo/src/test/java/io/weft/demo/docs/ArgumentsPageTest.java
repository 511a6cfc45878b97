package io.weft.demo.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is asked for by name, without Spring's metadata, is on the pages too; and what the pages say to type is there. */
class ArgumentsPageTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private static String text(String file) throws IOException {
        return Files.readString(ROOT.resolve(file));
    }

    private static Set<String> found(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String sources(String folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    @Test
    void theSidecarsArguments() throws IOException {
        Set<String> asked = found("given\\s*\\.\\w+\\(\\s*\"([a-z.-]+)\"", sources("mesh-sidecar/src/main/java/io/weft/sidecar/bootstrap"));
        String page = text("docs/modules.md");

        assertThat(asked).hasSizeGreaterThan(20).allSatisfy(name -> assertThat(page).containsAnyOf("`--weft." + name + "`", "`weft." + name + "` ("));
    }

    @Test
    void theScriptsEnvironment() throws IOException {
        Set<String> read = found("\\$\\{(WEFT_(?!TRAIN)[A-Z_]+)", text("mesh-sidecar/bin/weft-sidecar"));
        String page = text("docs/modules.md");

        assertThat(read).hasSizeGreaterThan(2).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }

    @Test
    void theLaunchersProperties() throws IOException {
        Set<String> known = found("static final String \\w+ = \"(weft\\.[a-z.-]+)\"", text("bookinfo-demo/src/main/java/io/weft/demo/launcher/LauncherSettings.java"));
        String page = text("docs/operations.md");

        assertThat(known).hasSizeGreaterThan(20).allSatisfy(name -> assertThat(page).contains("\n| `" + name + "` |"));
    }

    /** The first thing a newcomer types must not be the name of a test that has gone. */
    @Test
    void testsThatPagesName() throws IOException {
        Set<String> classes = new TreeSet<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path tests : modules.map(module -> module.resolve("src/test/java")).filter(Files::isDirectory).toList()) {
                try (Stream<Path> files = Files.walk(tests)) {
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".java"))
                            .forEach(name -> classes.add(name.substring(0, name.length() - ".java".length())));
                }
            }
        }
        Set<String> named = new TreeSet<>();
        try (Stream<Path> pages = Stream.concat(Stream.of(ROOT.resolve("README.md")), Files.list(ROOT.resolve("docs")))) {
            for (Path page : pages.filter(path -> path.toString().endsWith(".md")).toList()) {
                named.addAll(found("-D(?:it\\.)?test='?([\\w.]+)", Files.readString(page)));
            }
        }
        named.remove("None");

        assertThat(named).hasSizeGreaterThan(2).allSatisfy(name -> assertThat(classes).contains(name.substring(name.lastIndexOf('.') + 1)));
    }
}
