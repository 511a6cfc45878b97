package io.weft.pilot.model.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What somebody would send to bring a parser down. */
class HostileInputTest {

    @Test
    void tenMegabytesOfYaml_areRefused() {
        String text = "a: " + "x".repeat(10 << 20);
        assertThatThrownBy(() -> YamlReader.read(text))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("1048576");
    }

    @Test
    void longLine_isRefused_becauseItsCostIsQuadratic() {
        assertThatThrownBy(() -> YamlReader.read("a: b\nc: " + "x".repeat(200_000)))
                .isInstanceOf(UnreadableException.class)
                .hasMessageStartingWith("line 2: 200003 characters (expected: at most 131072");
    }

    @Test
    @Timeout(20)
    void largestFiles_areReadInBoundedTime() throws UnreadableException {
        YamlReader.read(("- " + "x".repeat(130_000) + "\n").repeat(8));
        YamlReader.read("a: >\n" + " x\n".repeat(300_000));
        assertThatThrownBy(() -> YamlReader.read("- a\n".repeat(250_000))).isInstanceOf(UnreadableException.class);
        assertThatThrownBy(() -> YamlReader.read("[".repeat(130_000))).isInstanceOf(UnreadableException.class);
    }

    @Test
    void tenMegabytesOfJson_areRefused() {
        String text = "{\"a\": \"" + "x".repeat(10 << 20) + "\"}";
        assertThatThrownBy(() -> JsonReader.read(text)).isInstanceOf(UnreadableException.class);
    }

    @Test
    void billionLaughs_areRefused() {
        StringBuilder text = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (int i = 1; i < 10; i++) {
            String alias = "*a" + (i - 1);
            text.append("a").append(i).append(": &a").append(i).append(" [");
            text.append(String.join(", ", List.of(alias, alias, alias, alias, alias, alias, alias, alias, alias)));
            text.append("]\n");
        }
        assertThatThrownBy(() -> YamlReader.read(text.toString())).isInstanceOf(UnreadableException.class);
    }

    @Test
    void fewAliasesThatExpandToMuch_areRefused() {
        StringBuilder text = new StringBuilder("a0: &a0 [" + "x, ".repeat(100) + "x]\n");
        for (int i = 1; i < 8; i++) {
            text.append("a").append(i).append(": &a").append(i).append(" [");
            text.append(("*a" + (i - 1) + ", ").repeat(5)).append("x]\n");
        }
        assertThatThrownBy(() -> YamlReader.read(text.toString()))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("too many values");
    }

    @Test
    void recursiveAlias_isRefused() {
        assertThatThrownBy(() -> YamlReader.read("a: &a [*a]")).isInstanceOf(UnreadableException.class);
    }

    @Test
    void hundredThousandDocuments_areRefused() {
        assertThatThrownBy(() -> Documents.split("---\na: 1\n".repeat(100_000)))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("too many documents")
                .hasMessageContaining("1000");
    }

    @Test
    void thousandDocuments_areRead() throws UnreadableException {
        assertThat(Documents.split("---\na: 1\n".repeat(1000))).hasSize(1000);
    }

    @Test
    void deepNesting_isRefused() {
        assertThatThrownBy(() -> YamlReader.read("[".repeat(5000) + "]".repeat(5000)))
                .isInstanceOf(UnreadableException.class);
        assertThatThrownBy(() -> JsonReader.read("[".repeat(5000) + "]".repeat(5000)))
                .isInstanceOf(UnreadableException.class);
        String blocks = "a:\n";
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            text.append(" ".repeat(i)).append(blocks);
        }
        assertThatThrownBy(() -> YamlReader.read(text.toString())).isInstanceOf(UnreadableException.class);
    }

    @Test
    void duplicateKeys_areRefused() {
        assertThatThrownBy(() -> YamlReader.read("a: 1\nb: 2\na: 3"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("duplicate key");
        assertThatThrownBy(() -> JsonReader.read("{\"a\": 1, \"a\": 2}")).isInstanceOf(UnreadableException.class);
    }

    @Test
    void tagsThatWouldMakeObjects_areRefused() {
        assertThatThrownBy(() -> YamlReader.read("a: !!javax.script.ScriptEngineManager [x]"))
                .isInstanceOf(UnreadableException.class);
        assertThatThrownBy(() -> YamlReader.read("a: !!java.io.File /etc/passwd"))
                .isInstanceOf(UnreadableException.class);
    }

    @Test
    void brokenYaml_isRefusedWithItsPlace() {
        assertThatThrownBy(() -> YamlReader.read("a: 1\nb: [1, 2"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("line");
    }

    @Test
    void trailingJson_isRefused() {
        assertThatThrownBy(() -> JsonReader.read("{} {}")).isInstanceOf(UnreadableException.class);
    }

    @Test
    void scalarsFollowYaml12() throws UnreadableException {
        assertThat(YamlReader.read("a: yes\nb: on\nc: 0644\nd: 12:30\ne: 2026-01-01\nf: 3\ng: 1.5\nh: true\ni: ~\nj: '3'\nk: 1_000"))
                .isEqualTo(map());
    }

    private static Map<String, Object> map() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a", "yes");
        map.put("b", "on");
        map.put("c", "0644");
        map.put("d", "12:30");
        map.put("e", "2026-01-01");
        map.put("f", 3L);
        map.put("g", 1.5);
        map.put("h", true);
        map.put("i", null);
        map.put("j", "3");
        map.put("k", "1_000");
        return map;
    }
}
