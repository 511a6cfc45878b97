package io.weft.pilot.source.folder;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.parse.Documents;
import io.weft.pilot.model.parse.JsonReader;
import io.weft.pilot.model.parse.ListDocument;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.ParseLimits;
import io.weft.pilot.model.parse.ParseOutcome;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.model.parse.YamlReader;
import io.weft.pilot.source.Refusal;
import io.weft.pilot.source.StoredDocument;
import io.weft.pilot.validate.Validator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one file says, and what of its past still counts.
 *
 * @param good objects in force, by key
 */
record ParsedFile(Map<ObjectKey, Good> good, List<Refusal> refusals) {

    static final ParsedFile EMPTY = new ParsedFile(Map.of(), List.of());

    /** An object without stored metadata, and its document. */
    record Good(ConfigObject object, Map<String, ?> document, int index) {}

    ParsedFile {
        good = Collections.unmodifiableMap(new LinkedHashMap<>(good));
        refusals = List.copyOf(refusals);
    }

    /** A file that cannot be read as a whole: what it said last stays. */
    static ParsedFile refused(String file, ParsedFile before, String reason) {
        Problem problem = new Problem("", reason);
        return new ParsedFile(
                before.good(), List.of(new Refusal(file, -1, null, List.of(problem), !before.good().isEmpty())));
    }

    /** Parses a file's text; a bad document keeps the last good version of its object and hurts no other. */
    static ParsedFile parse(String file, String text, ParsedFile before) {
        try {
            List<String> documents = new ArrayList<>();
            if (file.endsWith(".json")) {
                documents.add(text);
            } else {
                Documents.split(text).forEach(span -> documents.add(span.text(text)));
            }
            return new Reading(file, before).read(documents);
        } catch (UnreadableException unreadable) {
            return refused(file, before, unreadable.getMessage());
        }
    }

    private static final class Reading {

        private final String file;
        private final ParsedFile before;
        private final Map<ObjectKey, Good> good = new LinkedHashMap<>();
        private final List<Refusal> refusals = new ArrayList<>();
        private boolean unidentified;
        private int objects;

        Reading(String file, ParsedFile before) {
            this.file = file;
            this.before = before;
        }

        ParsedFile read(List<String> documents) throws UnreadableException {
            int index = 0;
            for (String text : documents) {
                if (document(index, text)) {
                    index++;
                }
            }
            if (unidentified) {
                // One of the objects that seem gone may be the one that cannot be read.
                before.good().forEach(good::putIfAbsent);
            }
            return new ParsedFile(good, refusals);
        }

        /** Reads one; false if it is empty and does not count. */
        private boolean document(int index, String text) throws UnreadableException {
            List<ListDocument.Element> elements;
            try {
                Object document = file.endsWith(".json") ? JsonReader.read(text) : YamlReader.read(text);
                if (document == null) {
                    return false;
                }
                elements = ListDocument.elements(document);
            } catch (UnreadableException unreadable) {
                refuse(index, null, List.of(new Problem("", unreadable.getMessage())));
                return true;
            }
            objects += elements.size();
            ParseLimits.requireDocuments(objects);
            elements.forEach(element -> object(index, element));
            return true;
        }

        private void object(int index, ListDocument.Element element) {
            ParseOutcome outcome = ObjectParser.parse(element.document());
            ConfigObject object = outcome.object();
            List<Problem> problems = object == null ? outcome.problems() : Validator.validate(object);
            if (object == null || !problems.isEmpty()) {
                refuse(index, outcome.key(), problems.stream().map(element::inDocument).toList());
            } else if (good.containsKey(object.key())) {
                Problem twice = new Problem("metadata.name", object.key() + " stands in this file before");
                refusals.add(new Refusal(file, index, object.key(), List.of(element.inDocument(twice)), false));
            } else {
                good.put(object.key(), new Good(object, StoredDocument.of(outcome.document()), index));
            }
        }

        private void refuse(int index, @Nullable ObjectKey key, List<Problem> problems) {
            Good last = key == null ? null : before.good().get(key);
            if (key == null) {
                unidentified = true;
            } else if (last != null) {
                good.putIfAbsent(key, last);
            }
            boolean kept = key == null ? !before.good().isEmpty() : last != null;
            refusals.add(new Refusal(file, index, key, problems, kept));
        }
    }
}
