package io.weft.demo.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/operations.md tells operators to search and scrape for is what the code says. */
class OperationsPageTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
    private static final Pattern ERROR = Pattern.compile("log\\.error\\(\\s*\"([^\"]+)\"");

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/operations.md"));
    }

    private static String sources() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .flatMap(OperationsPageTest::javaFiles)
                    .map(OperationsPageTest::text)
                    .collect(Collectors.joining("\n"));
        }
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whoever writes a new error says on the page what it means, and what is to be searched for is what is logged. What is only passed on has its words elsewhere. */
    @Test
    void everyErrorIsAmongTheLines_andEveryLineIsLogged() throws IOException {
        String section = page().split("\n## Log lines worth an alert\n")[1].split("\n## ")[0];
        List<String> lines = QUOTED.matcher(section).results().map(match -> match.group(1)).toList();
        String sources = sources();
        List<String> errors = ERROR.matcher(sources).results().map(match -> match.group(1)).filter(text -> !text.equals("{}")).toList();

        assertThat(errors).hasSizeGreaterThan(25).allSatisfy(error -> assertThat(lines).as(error).anyMatch(error::contains));
        // Netty's own.
        assertThat(lines).filteredOn(line -> !line.equals("LEAK: ")).allSatisfy(line -> assertThat(sources).contains(line));
    }

    @Test
    void portsAreTheDefaults() throws IOException {
        String page = page();
        Pattern row = Pattern.compile("(?m)^\\| (\\d+) \\|.*\\| `(weft\\.[a-z.-]+)` \\|$");
        List<MatchResult> rows = row.matcher(page).results().toList();
        assertThat(rows).hasSizeGreaterThan(9).allSatisfy(match -> {
            String property = page.lines().filter(line -> line.startsWith("| `" + match.group(2) + "` |")).findFirst().orElse("");
            // A default that depends on the role is in the meaning.
            assertThat(property).containsAnyOf("| `" + match.group(1) + "` |", "default " + match.group(1) + " ");
        });
    }

    /** But {@code weft.app.ports}: those are the application's. */
    @Test
    void everyPortsPropertyIsInTheirTable() throws IOException {
        String page = page();
        String table = page.split("\n## Ports\n")[1].split("\n## ")[0];
        List<String> properties = Pattern.compile("(?m)^\\| `(?!weft\\.app\\.)(weft\\.[a-z.-]+[.-]ports?)` \\|").matcher(page).results().map(match -> match.group(1)).toList();
        assertThat(properties).hasSizeGreaterThan(15).allSatisfy(property -> assertThat(table).containsAnyOf("`" + property + "`", "`--" + property + "`"));
    }
}
