package io.weft.pilot.api;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.parse.Documents;
import io.weft.pilot.model.parse.JsonReader;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.ParseOutcome;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.model.parse.YamlReader;
import io.weft.pilot.validate.Validator;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A body that holds one object, fit for its path.
 *
 * @param expectedVersion the {@code resourceVersion} its author has seen, or null
 */
record Body(ObjectKey key, Map<String, ?> document, @Nullable String expectedVersion) {

    /** Parses and validates; every refusal names the field, the value and what was expected. */
    static Body read(byte[] bytes, Media media, ObjectPath path) throws ApiException {
        return of(plain(bytes, media), path);
    }

    /** As {@link #read}, of what was read already. */
    static Body of(@Nullable Object written, ObjectPath path) throws ApiException {
        if (!(written instanceof Map<?, ?> map)) {
            throw new ApiException(400, "BadRequest", "the body is not an object (expected: one " + path.kind().kindName() + ")");
        }
        Map<String, Object> document = new LinkedHashMap<>();
        map.forEach((key, value) -> document.put(String.valueOf(key), value));
        if (document.get("metadata") instanceof Map<?, ?> given) {
            Map<Object, Object> metadata = new LinkedHashMap<>(given);
            // As in Kubernetes, the path's namespace is the object's unless it says otherwise.
            metadata.putIfAbsent("namespace", path.namespace());
            document.put("metadata", metadata);
        }
        ParseOutcome outcome = ObjectParser.parse(document);
        ConfigObject object = outcome.object();
        List<Problem> problems = object == null ? outcome.problems() : Validator.validate(object);
        if (object == null || !problems.isEmpty()) {
            throw invalid(path, problems);
        }
        requireFit(object, path);
        return new Body(object.key(), outcome.document(), SeenVersion.of(document));
    }

    /** What the body says, before anybody asks what it is. */
    static @Nullable Object plain(byte[] bytes, Media media) throws ApiException {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            if (media == Media.YAML && Documents.isSeveral(text)) {
                throw new ApiException(
                        400, "BadRequest", "the body has several documents (expected: one; POST /weft/v1/apply takes several)");
            }
            return media == Media.JSON ? JsonReader.read(text) : YamlReader.read(text);
        } catch (CharacterCodingException malformed) {
            throw new ApiException(400, "BadRequest", "the body is not UTF-8");
        } catch (UnreadableException unreadable) {
            String where = String.valueOf(unreadable.getMessage());
            throw new ApiException(422, "Invalid", where, List.of(new Problem("", where)));
        }
    }

    private static void requireFit(ConfigObject object, ObjectPath path) throws ApiException {
        if (object.meta().kind() != path.kind()) {
            throw invalid(
                    path,
                    List.of(Problem.expected(
                            "kind", object.meta().kind().kindName(), path.kind().kindName() + ", as in the path")));
        }
        if (!object.namespace().equals(path.namespace())) {
            throw invalid(
                    path,
                    List.of(Problem.expected(
                            "metadata.namespace", object.namespace(), path.namespace() + ", as in the path")));
        }
        if (path.name() != null && !object.name().equals(path.name())) {
            throw invalid(
                    path,
                    List.of(Problem.expected("metadata.name", object.name(), path.name() + ", as in the path")));
        }
    }

    private static ApiException invalid(ObjectPath path, List<Problem> problems) {
        StringBuilder message = new StringBuilder(path.kind().kindName());
        if (path.name() != null) {
            message.append(' ').append(path.name());
        }
        message.append(" is invalid: ");
        for (int i = 0; i < problems.size(); i++) {
            message.append(i == 0 ? "" : "; ").append(problems.get(i));
        }
        return new ApiException(422, "Invalid", message.toString(), problems);
    }
}
