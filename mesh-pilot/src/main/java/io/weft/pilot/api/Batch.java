package io.weft.pilot.api;

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
import io.weft.pilot.source.ConfigStore.Change;
import io.weft.pilot.validate.Validator;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The changes a body of documents asks for: all of them, or what is wrong with it. */
final class Batch {

    private static final int MAX_CAUSES = 100;
    private static final int TOLD_IN_MESSAGE = 3;

    private final boolean deletion;
    private final Map<ObjectKey, Change> changes = new LinkedHashMap<>();
    private final Map<ObjectKey, String> places = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    private boolean linesLost;
    private int refused;
    private int documents;
    private int objects;

    private Batch(boolean deletion) {
        this.deletion = deletion;
    }

    /** Documents to be applied: every one must be fit to be in force. @param media null to find out */
    static Batch ofObjects(byte[] bytes, @Nullable Media media) throws ApiException {
        return new Batch(false).read(bytes, media);
    }

    /** Documents that name what is to be deleted: what else they say does not matter. */
    static Batch ofDeletions(byte[] bytes, @Nullable Media media) throws ApiException {
        return new Batch(true).read(bytes, media);
    }

    List<Change> changes() {
        return List.copyOf(changes.values());
    }

    /** Where a change stands in the body: {@code documents[1]}, {@code documents[0].items[2]}. */
    String place(int change) {
        return places.getOrDefault(changes().get(change).key(), "");
    }

    private Batch read(byte[] bytes, @Nullable Media media) throws ApiException {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            if (media == Media.JSON) {
                for (Object document : jsonOnly(text)) {
                    document(document);
                }
            } else {
                yaml(text.startsWith("\uFEFF") ? text.substring(1) : text, media == null);
            }
        } catch (CharacterCodingException malformed) {
            throw new ApiException(400, "BadRequest", "the body is not UTF-8");
        } catch (UnreadableException unreadable) {
            throw new ApiException(400, "BadRequest", unreadable.getMessage());
        }
        if (refused > 0) {
            throw invalid();
        }
        if (changes.isEmpty()) {
            throw new ApiException(
                    400, "BadRequest", "the body holds no object (expected: YAML or JSON; curl sends a file by --data-binary @FILE)");
        }
        return this;
    }

    private void yaml(String text, boolean perhapsJson) throws UnreadableException {
        for (Documents.Span span : Documents.split(text)) {
            String part = span.text(text);
            List<@Nullable Object> json = perhapsJson && part.stripLeading().startsWith("{") ? json(part) : List.of();
            if (!json.isEmpty()) {
                for (Object document : json) {
                    document(document);
                }
                continue;
            }
            Object document;
            try {
                document = YamlReader.read(part);
            } catch (UnreadableException unreadable) {
                linesLost = perhapsJson && text.indexOf('\n') < 0;
                refuse("documents[" + documents++ + "]", List.of(new Problem("", unreadable.getMessage())));
                continue;
            }
            document(document);
        }
    }

    private List<@Nullable Object> jsonOnly(String text) {
        try {
            return JsonReader.readAll(text);
        } catch (UnreadableException unreadable) {
            refuse("", List.of(new Problem("", String.valueOf(unreadable.getMessage()))));
            return List.of();
        }
    }

    /** A text that starts like JSON may still be YAML in its flow style. */
    private static List<@Nullable Object> json(String text) {
        try {
            return JsonReader.readAll(text);
        } catch (UnreadableException notJson) {
            return List.of();
        }
    }

    private void document(@Nullable Object document) throws UnreadableException {
        if (document == null) {
            return;
        }
        String place = "documents[" + documents++ + "]";
        ParseLimits.requireDocuments(documents);
        List<ListDocument.Element> elements;
        try {
            elements = ListDocument.elements(document);
        } catch (UnreadableException unreadable) {
            refuse(place, List.of(new Problem("", unreadable.getMessage())));
            return;
        }
        objects += elements.size();
        ParseLimits.requireDocuments(objects);
        for (ListDocument.Element element : elements) {
            object(element.path().isEmpty() ? place : place + "." + element.path(), element.document());
        }
    }

    private void object(String place, @Nullable Object document) {
        ParseOutcome outcome = ObjectParser.parse(document);
        ObjectKey key = outcome.key();
        List<Problem> wrong = deletion ? nameProblems(outcome) : objectProblems(outcome);
        if (key == null || !wrong.isEmpty()) {
            refuse(place, wrong);
            return;
        }
        String first = places.putIfAbsent(key, place);
        if (first == null) {
            changes.put(
                    key,
                    deletion
                            ? Change.delete(key, null)
                            : Change.write(key, outcome.document(), SeenVersion.of(outcome.document())));
        } else if (!deletion) {
            refuse(place, List.of(new Problem("metadata.name", key + " stands in " + first + " too (expected: each object once)")));
        }
    }

    private static List<Problem> objectProblems(ParseOutcome outcome) {
        ConfigObject object = outcome.object();
        return object == null ? outcome.problems() : Validator.validate(object);
    }

    private static List<Problem> nameProblems(ParseOutcome outcome) {
        return outcome.key() != null
                ? List.of()
                : outcome.problems().stream()
                        .filter(problem -> !problem.field().startsWith("spec"))
                        .toList();
    }

    private void refuse(String place, List<Problem> wrong) {
        refused++;
        for (Problem problem : wrong) {
            if (problems.size() < MAX_CAUSES) {
                problems.add(new Problem(
                        problem.field().isEmpty() ? place : place + "." + problem.field(), problem.message()));
            }
        }
    }

    private ApiException invalid() {
        StringBuilder message = new StringBuilder(deletion ? "nothing deleted" : "nothing applied");
        for (int i = 0; i < Math.min(TOLD_IN_MESSAGE, problems.size()); i++) {
            message.append(i == 0 ? ": " : "; ").append(problems.get(i));
        }
        if (problems.size() > TOLD_IN_MESSAGE) {
            message.append("; and ").append(problems.size() - TOLD_IN_MESSAGE).append(" more");
        }
        if (linesLost) {
            message.append(" (the body is one line: curl keeps a file's lines by --data-binary @FILE, not by -d)");
        }
        return new ApiException(422, "Invalid", message.toString(), problems);
    }
}
