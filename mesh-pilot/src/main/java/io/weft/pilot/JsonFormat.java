package io.weft.pilot;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON access log's format as a property: an object of format strings. */
final class JsonFormat {

    private static final String EXPECTED = "an object of format strings, such as {\"status\": \"%RESPONSE_CODE%\"}";

    private JsonFormat() {}

    static Map<String, String> read(String text) {
        JsonNode root;
        try {
            root = JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(e.getOriginalMessage() + " (expected: " + EXPECTED + ")", e);
        }
        if (!root.isObject() || root.isEmpty()) {
            throw new IllegalArgumentException(text + " (expected: " + EXPECTED + ")");
        }
        Map<String, String> keys = new LinkedHashMap<>();
        root.properties().forEach(entry -> {
            if (!entry.getValue().isString()) {
                throw new IllegalArgumentException(entry.getKey() + ": " + entry.getValue() + " (expected: a format string)");
            }
            keys.put(entry.getKey(), entry.getValue().stringValue());
        });
        return keys;
    }
}
