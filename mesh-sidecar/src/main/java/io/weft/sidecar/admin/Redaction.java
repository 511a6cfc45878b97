package io.weft.sidecar.admin;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.Map;
import java.util.Set;

/** Keys out of a dump, wherever they stand: in a secret, or inline in the TLS context of a listener or cluster. Where a key is said by file, the path stays. */
final class Redaction {
    private static final Set<String> SECRET = Set.of("private_key", "password", "pkcs12", "session_ticket_keys", "generic_secret");
    private static final Set<String> INLINE = Set.of("inline_string", "inline_bytes");
    private static final String REDACTED = "[redacted]";
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private Redaction() {}

    /** @param json of messages whose fields have their names in the protocol */
    static String of(String json) {
        JsonElement tree = JsonParser.parseString(json);
        walk(tree, false);
        return GSON.toJson(tree);
    }

    private static void walk(JsonElement element, boolean secret) {
        if (element instanceof JsonArray array) {
            array.forEach(item -> walk(item, secret));
        } else if (element instanceof JsonObject object) {
            for (Map.Entry<String, JsonElement> field : object.entrySet()) {
                boolean hide = secret || SECRET.contains(field.getKey());
                if (hide && field.getValue() instanceof JsonPrimitive && (INLINE.contains(field.getKey()) || !secret)) {
                    field.setValue(new JsonPrimitive(REDACTED));
                } else {
                    walk(field.getValue(), hide);
                }
            }
        }
    }
}
