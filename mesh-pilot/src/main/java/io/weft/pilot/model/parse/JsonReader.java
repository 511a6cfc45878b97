package io.weft.pilot.model.parse;

import io.weft.pilot.model.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/** One JSON document in the same plain shape as {@link YamlReader}'s, under the same bounds. */
public final class JsonReader {

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(ParseLimits.MAX_DEPTH)
                            .maxDocumentLength(ParseLimits.MAX_BYTES)
                            .maxStringLength(ParseLimits.MAX_BYTES)
                            .maxNumberLength(60)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonReader() {}

    /** Reads a document; null for JSON's {@code null} or no text at all. */
    public static @Nullable Object read(String text) throws UnreadableException {
        try {
            return value(MAPPER.readTree(text));
        } catch (JacksonException broken) {
            throw unreadable(broken);
        }
    }

    /** Reads documents that follow each other, at most {@link ParseLimits#MAX_DOCUMENTS}. */
    public static List<@Nullable Object> readAll(String text) throws UnreadableException {
        List<@Nullable Object> documents = new ArrayList<>();
        try (MappingIterator<JsonNode> nodes = MAPPER.readerFor(JsonNode.class).readValues(text)) {
            while (nodes.hasNextValue()) {
                documents.add(value(nodes.nextValue()));
                ParseLimits.requireDocuments(documents.size());
            }
        } catch (JacksonException broken) {
            throw unreadable(broken);
        }
        return documents;
    }

    private static UnreadableException unreadable(JacksonException broken) {
        String where = broken.getLocation() == null
                ? ""
                : " at line " + broken.getLocation().getLineNr() + ", column "
                        + broken.getLocation().getColumnNr();
        return new UnreadableException("not valid JSON: " + broken.getOriginalMessage() + where);
    }

    private static @Nullable Object value(JsonNode node) throws UnreadableException {
        if (node.isObject()) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> property : node.properties()) {
                map.put(property.getKey(), value(property.getValue()));
            }
            return map;
        }
        if (node.isArray()) {
            List<@Nullable Object> list = new ArrayList<>();
            for (JsonNode element : node) {
                list.add(value(element));
            }
            return list;
        }
        if (node.isString()) {
            return node.stringValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isNumber()) {
            return number(node);
        }
        return null;
    }

    private static Object number(JsonNode node) throws UnreadableException {
        if (node.isIntegralNumber()) {
            if (!node.canConvertToLong()) {
                throw new UnreadableException("number out of range: " + Problem.shown(node.asString()));
            }
            return node.longValue();
        }
        return node.doubleValue();
    }
}
