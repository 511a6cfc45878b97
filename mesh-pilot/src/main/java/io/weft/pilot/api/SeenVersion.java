package io.weft.pilot.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code resourceVersion} an author has seen, as it stands in what is sent. */
final class SeenVersion {

    private SeenVersion() {}

    static @Nullable String of(Map<?, ?> document) {
        if (!(document.get("metadata") instanceof Map<?, ?> metadata)) {
            return null;
        }
        Object version = metadata.get("resourceVersion");
        // Without quotes YAML reads a number: a guard that is there must not be overlooked.
        String text = version == null ? "" : version.toString();
        return text.isEmpty() ? null : text;
    }
}
