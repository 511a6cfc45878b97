package io.weft.sidecar.resource;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where access log lines go and how they look.
 *
 * @param path for {@code FILE}
 * @param text Envoy format string; null: JSON if {@code json} is not empty, else Envoy's default format
 * @param json key → format string
 */
public record AccessLogResource(Sink sink, String path, @Nullable String text, Map<String, String> json) {
    /** Kinds of sink. */
    public enum Sink {
        STDOUT,
        STDERR,
        FILE
    }

    public AccessLogResource {
        json = Map.copyOf(json);
    }
}
