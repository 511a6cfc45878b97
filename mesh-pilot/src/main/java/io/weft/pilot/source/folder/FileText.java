package io.weft.pilot.source.folder;

import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.parse.Documents;
import io.weft.pilot.model.parse.JsonReader;
import io.weft.pilot.model.parse.ListDocument;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.model.parse.YamlReader;
import io.weft.pilot.source.StoredDocument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Edits objects in a file's text and leaves every byte of the documents without them as it is. One pass, however many
 * objects change.
 */
final class FileText {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Map<ObjectKey, Optional<Map<String, ?>>> changes;
    private final Set<ObjectKey> written = new HashSet<>();

    private FileText(Map<ObjectKey, Optional<Map<String, ?>>> changes) {
        this.changes = changes;
    }

    /**
     * The text with objects replaced, added at the end if they are not there, or (empty) removed.
     *
     * @param changes stored documents by key
     * @return null when no document is left
     */
    static @Nullable String edit(String file, String text, Map<ObjectKey, Optional<Map<String, ?>>> changes)
            throws UnreadableException {
        FileText edit = new FileText(changes);
        return file.endsWith(".json") ? edit.json(text) : edit.yaml(text);
    }

    private @Nullable String json(String text) {
        Object document;
        try {
            document = JsonReader.read(text);
        } catch (UnreadableException broken) {
            // Only its last good version counts, and that is what changes.
            document = null;
        }
        List<Object> left = new ArrayList<>();
        if (document != null) {
            Object edited = edited(document);
            if (edited == document && added().isEmpty()) {
                return text;
            }
            if (edited instanceof Map<?, ?> list && ListDocument.isList(list)) {
                List<Object> items = new ArrayList<>(items(list));
                items.addAll(added());
                return JSON.writeValueAsString(withItems(list, items)) + "\n";
            }
            if (edited != null) {
                left.add(edited);
            }
        }
        left.addAll(added());
        if (left.isEmpty()) {
            return null;
        }
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("apiVersion", "v1");
        list.put("kind", "List");
        list.put("items", left);
        return JSON.writeValueAsString(left.size() == 1 ? left.get(0) : list) + "\n";
    }

    private @Nullable String yaml(String text) throws UnreadableException {
        StringBuilder out = new StringBuilder(text.length());
        boolean changed = false;
        boolean left = false;
        for (Documents.Span span : Documents.split(text)) {
            String old = span.text(text);
            Object document;
            try {
                document = YamlReader.read(old);
            } catch (UnreadableException somebodysWork) {
                out.append(text, span.start(), span.end());
                left = true;
                continue;
            }
            Object edited = document == null ? null : edited(document);
            if (edited == document) {
                out.append(text, span.start(), span.end());
            } else {
                changed = true;
                if (edited != null) {
                    out.append(text, span.start(), span.body());
                    replace(out, old, dump(edited));
                }
            }
            left |= edited != null;
        }
        for (Map<String, ?> document : added()) {
            append(out, dump(document));
            left = true;
            changed = true;
        }
        return changed && !left ? null : out.toString();
    }

    /** The document as it shall be: the same object if nothing changes, null if nothing remains of it. */
    private @Nullable Object edited(Object document) {
        if (ListDocument.isList(document) && document instanceof Map<?, ?> list) {
            return editedList(list);
        }
        ObjectKey key = ObjectParser.parse(document).key();
        if (key == null || !changes.containsKey(key)) {
            return document;
        }
        Map<String, ?> wanted = changes.get(key).orElse(null);
        if (wanted == null) {
            return null;
        }
        // A second one of the same name was refused before and stays so.
        boolean first = written.add(key);
        return first && !says(document, wanted) ? wanted : document;
    }

    private @Nullable Object editedList(Map<?, ?> list) {
        List<?> items = items(list);
        List<Object> edited = new ArrayList<>();
        boolean same = true;
        for (Object item : items) {
            Object now = item == null || ListDocument.isList(item) ? item : edited(item);
            same &= now == item;
            if (now != null) {
                edited.add(now);
            }
        }
        return same ? list : edited.isEmpty() ? null : withItems(list, edited);
    }

    private static List<?> items(Map<?, ?> list) {
        return list.get("items") instanceof List<?> items ? items : List.of();
    }

    private static Map<Object, Object> withItems(Map<?, ?> list, List<Object> items) {
        Map<Object, Object> edited = new LinkedHashMap<>(list);
        edited.put("items", items);
        return edited;
    }

    private static boolean says(Object document, Map<String, ?> wanted) {
        return document instanceof Map<?, ?> && StoredDocument.of(ObjectParser.parse(document).document()).equals(wanted);
    }

    /** What is to be written and stands nowhere yet. */
    private List<Map<String, ?>> added() {
        List<Map<String, ?>> added = new ArrayList<>();
        changes.forEach((key, document) -> {
            if (document.isPresent() && !written.contains(key)) {
                added.add(document.get());
            }
        });
        return added;
    }

    private static void replace(StringBuilder out, String old, String yaml) {
        int lead = leadingComments(old);
        out.append(old, 0, lead);
        // A document may begin on its marker's line.
        endLine(out);
        out.append(yaml).append(trailingComments(old, lead));
    }

    private static void append(StringBuilder out, String yaml) {
        if (out.toString().isBlank()) {
            out.setLength(0);
        } else {
            endLine(out);
            out.append("---\n");
        }
        out.append(yaml);
    }

    private static void endLine(StringBuilder out) {
        if (out.length() > 0 && out.charAt(out.length() - 1) != '\n') {
            out.append('\n');
        }
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

    private static String dump(Object document) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        options.setIndent(2);
        options.setIndicatorIndent(0);
        options.setDereferenceAliases(true);
        return new Yaml(options).dump(document);
    }
}
