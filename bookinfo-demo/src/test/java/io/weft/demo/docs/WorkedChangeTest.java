package io.weft.demo.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A newcomer's first change begins at the lines that the page shows: they are still there. */
class WorkedChangeTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final String FILE = "--- ";

    @Test
    void theLinesThatAreToBeReplaced() throws IOException {
        int replaced = 0;
        List<String> file = List.of();
        for (String line : Files.readAllLines(ROOT.resolve("docs/contributing.md"))) {
            if (line.startsWith(FILE)) {
                file = Files.readAllLines(ROOT.resolve(line.substring(FILE.length())));
            } else if (line.startsWith("-  ")) {
                assertThat(file).contains(line.substring(1));
                replaced++;
            }
        }
        assertThat(replaced).isEqualTo(2);
    }
}
