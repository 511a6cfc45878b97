package io.weft.demo.launcher;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings {@code weft.*} settings into this JVM's system properties, where every part finds them. The JVM that Maven's
 * {@code spring-boot:run} forks gets no property of Maven's own command line, but it inherits {@code MAVEN_CMD_LINE_ARGS}, in which
 * {@code mvn} writes that line down.
 */
final class CommandLine {

    private CommandLine() {}

    /** Own arguments ({@code --weft.x=y}) win over this JVM's {@code -D}, and that over Maven's. */
    static void intoSystemProperties(String[] args, @Nullable String mavenLine) {
        for (String[] setting : settings(List.of(args), "--")) {
            System.setProperty(setting[0], setting[1]);
        }
        if (mavenLine != null) {
            for (String[] setting : settings(List.of(mavenLine.strip().split("\\s+")), "-D")) {
                if (System.getProperty(setting[0]) == null) {
                    System.setProperty(setting[0], setting[1]);
                }
            }
        }
    }

    private static List<String[]> settings(List<String> words, String prefix) {
        List<String[]> settings = new ArrayList<>();
        for (String word : words) {
            String unquoted = unquoted(word);
            int equals = unquoted.indexOf('=');
            if (unquoted.startsWith(prefix + "weft.") && equals > 0) {
                settings.add(new String[] {
                    unquoted.substring(prefix.length(), equals), unquoted(unquoted.substring(equals + 1))
                });
            }
        }
        return settings;
    }

    private static String unquoted(String word) {
        boolean quoted = word.length() >= 2 && word.startsWith("\"") && word.endsWith("\"");
        return quoted ? word.substring(1, word.length() - 1) : word;
    }
}
