package io.weft.pilot.api;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON Merge Patch (RFC 7386). */
final class MergePatch {

    private MergePatch() {}

    /** The target with what the patch says; neither is changed. */
    static @Nullable Object apply(@Nullable Object target, @Nullable Object patch) {
        if (!(patch instanceof Map<?, ?> changes)) {
            return patch;
        }
        Map<Object, @Nullable Object> result = new LinkedHashMap<>();
        if (target instanceof Map<?, ?> fields) {
            result.putAll(fields);
        }
        changes.forEach((name, value) -> {
            if (value == null) {
                result.remove(name);
            } else {
                result.put(name, apply(result.get(name), value));
            }
        });
        return result;
    }
}
