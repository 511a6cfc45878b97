package io.weft.demo.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * docs/operations.md lists every property as the code has it. When a property has changed the page is written anew with
 * {@code mvn -q -pl bookinfo-demo -am test -Dtest=PropertiesPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dweft.docs.write=true}.
 */
class PropertiesPageTest {

    private static final Path PAGE = Path.of("").toAbsolutePath().resolveSibling("docs").resolve("operations.md");
    private static final String BEGIN = "<!-- properties: begin, written by PropertiesPageTest -->\n";
    private static final String END = "<!-- properties: end -->\n";

    private static final Map<String, String> PARTS = Map.of(
            "io.weft.ca", "mesh-ca",
            "io.weft.pilot", "mesh-pilot",
            "io.weft.gateway", "mesh-gateway",
            "io.weft.telemetry", "mesh-telemetry",
            "io.weft.demo", "bookinfo-demo");

    @Test
    void everyPropertyIsOnThePageWithItsDefaultAndMeaning() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        String expected = table();
        if (Boolean.getBoolean("weft.docs.write")) {
            Files.writeString(PAGE, page.substring(0, begin) + expected + page.substring(end));
            return;
        }
        assertThat(page.substring(begin, end))
                .as("%s between its marks; -Dweft.docs.write=true writes it anew", PAGE)
                .isEqualTo(expected);
    }

    private static String table() throws IOException {
        Map<String, Row> rows = new TreeMap<>();
        for (URL metadata : Collections.list(
                PropertiesPageTest.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream in = metadata.openStream()) {
                for (JsonNode property : new JsonMapper().readTree(in).path("properties")) {
                    if (property.path("name").asString().startsWith("weft.")) {
                        add(rows, property);
                    }
                }
            }
        }
        StringBuilder table = new StringBuilder("| property | default | of | meaning |\n|---|---|---|---|\n");
        rows.forEach((name, row) -> table.append("| `").append(name).append("` | ").append(row).append(" |\n"));
        return table.toString();
    }

    private static void add(Map<String, Row> rows, JsonNode property) {
        String meaning = property.path("description").asString("").strip();
        String name = property.path("name").asString();
        assertThat(meaning).as("what %s means (@param of %s)", name, property.path("sourceType").asString()).isNotEmpty();
        Row row = rows.computeIfAbsent(name, n -> new Row(shown(property), plain(meaning), new TreeSet<>()));
        row.parts().add(part(property.path("sourceType").asString()));
    }

    private static String part(String type) {
        return PARTS.entrySet().stream()
                .filter(each -> type.startsWith(each.getKey() + "."))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new AssertionError("whose is " + type + "?"));
    }

    private static String shown(JsonNode property) {
        JsonNode value = property.path("defaultValue");
        if (value.isMissingNode()) {
            return "";
        }
        if (value.isArray()) {
            StringBuilder list = new StringBuilder();
            value.forEach(each -> list.append(list.isEmpty() ? "" : ", ").append(each.asString()));
            return list.isEmpty() ? "" : "`" + list + "`";
        }
        return value.asString("").isEmpty() ? "" : "`" + value.asString() + "`";
    }

    /** Javadoc as Markdown. */
    private static String plain(String javadoc) {
        return javadoc.replaceAll("\\{@(?:code|link|linkplain) ([^}]*)}", "`$1`")
                .replace("|", "\\|")
                .replaceAll("\\s+", " ");
    }

    private record Row(String value, String meaning, TreeSet<String> parts) {
        @Override
        public String toString() {
            return value + " | " + String.join(", ", parts) + " | " + meaning;
        }
    }
}
