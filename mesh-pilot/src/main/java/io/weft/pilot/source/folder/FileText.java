package io.weft.pilot.source.folder;

import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.parse.Documents;
import io.weft.pilot.model.parse.JsonReader;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.model.parse.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Edits one document in a file's text and leaves every other byte as it is. */
final class FileText {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private FileText() {}

    /** The text with the object's document replaced, or added at the end if it has none. */
    static String with(String file, String text, ObjectKey key, Map<String, ?> document) throws UnreadableException {
        if (file.endsWith(".json")) {
            return JSON.writeValueAsString(document) + "\n";
        }
        String yaml = yaml(document);
        Documents.Span span = find(text, key);
        if (span != null) {
            String old = span.text(text);
            int lead = leadingComments(old);
            String head = text.substring(0, span.body()) + old.substring(0, lead);
            // A document may begin on its marker's line.
            String separator = head.isEmpty() || head.endsWith("\n") ? "" : "\n";
            return head + separator + yaml + trailingComments(old, lead) + text.substring(span.end());
        }
        if (text.isBlank()) {
            return yaml;
        }
        return text + (text.endsWith("\n") ? "" : "\n") + "---\n" + yaml;
    }

    /** The text without the object's document; null when no document is left. */
    static @Nullable String without(String file, String text, ObjectKey key) throws UnreadableException {
        if (file.endsWith(".json")) {
            return null;
        }
        Documents.Span span = find(text, key);
        if (span == null) {
            return text;
        }
        String left = text.substring(0, span.start()) + text.substring(span.end());
        for (Documents.Span other : Documents.split(left)) {
            if (!isEmpty(other.text(left))) {
                return left;
            }
        }
        return null;
    }

    private static boolean isEmpty(String document) {
        try {
            return YamlReader.read(document) == null;
        } catch (UnreadableException somebodysWork) {
            return false;
        }
    }

    private static Documents.@Nullable Span find(String text, ObjectKey key) throws UnreadableException {
        for (Documents.Span span : Documents.split(text)) {
            try {
                if (key.equals(ObjectParser.parse(YamlReader.read(span.text(text))).key())) {
                    return span;
                }
            } catch (UnreadableException notThisOne) {
                continue;
            }
        }
        return null;
    }

    /** Length of the blank and comment lines a document starts with, the rest of its marker line included. */
    private static int leadingComments(String document) {
        int at = 0;
        while (at < document.length()) {
            int newline = document.indexOf('\n', at);
            int end = newline < 0 ? document.length() : newline + 1;
            String line = document.substring(at, end).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                return at;
            }
            at = end;
        }
        return at;
    }

    /** The blank and comment lines a document ends with. */
    private static String trailingComments(String document, int lead) {
        List<String> lines = new ArrayList<>(document.substring(lead).lines().toList());
        int keep = lines.size();
        while (keep > 0 && (lines.get(keep - 1).isBlank() || lines.get(keep - 1).startsWith("#"))) {
            keep--;
        }
        List<String> kept = lines.subList(keep, lines.size());
        return kept.isEmpty() ? "" : String.join("\n", kept) + "\n";
    }

    private static String yaml(Map<String, ?> document) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        options.setIndent(2);
        options.setIndicatorIndent(0);
        return new Yaml(options).dump(document);
    }

    /** Whether the text, read again, says exactly this about the object. */
    static boolean says(String file, String text, ObjectKey key, Map<String, ?> document) throws UnreadableException {
        if (file.endsWith(".json")) {
            return document.equals(JsonReader.read(text));
        }
        Documents.Span span = find(text, key);
        return span != null && document.equals(YamlReader.read(span.text(text)));
    }
}
