package io.weft.sidecar.resource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One access log.
 *
 * @param filter null: everything is logged
 */
public record AccessLogResource(Output output, @Nullable LogFilter filter) {

    /** Lines of a format, without a filter. */
    public static AccessLogResource lines(Sink sink, String path, @Nullable String text, Map<String, String> json) {
        return new AccessLogResource(new Lines(sink, path, text, json), null);
    }

    /** What becomes of an entry. */
    public sealed interface Output permits Lines, Stream {}

    /**
     * Lines of text.
     *
     * @param path for {@code FILE}
     * @param text Envoy format string; null: JSON if {@code json} is not empty, else Envoy's default format
     * @param json key → format string
     */
    public record Lines(Sink sink, String path, @Nullable String text, Map<String, String> json) implements Output {
        public Lines {
            json = Map.copyOf(json);
        }
    }

    /**
     * {@code envoy.service.accesslog.v3} to a cluster.
     *
     * @param bufferBytes sent when this much has gathered; 0: each entry at once
     * @param flushInterval sent after this long at the latest
     * @param requestHeaders further headers of requests to tell, lower-case
     */
    public record Stream(
            String cluster,
            String authority,
            String logName,
            int bufferBytes,
            Duration flushInterval,
            List<String> requestHeaders,
            List<String> responseHeaders)
            implements Output {
        public Stream {
            requestHeaders = List.copyOf(requestHeaders);
            responseHeaders = List.copyOf(responseHeaders);
        }
    }

    /** Kinds of sink. */
    public enum Sink {
        STDOUT,
        STDERR,
        FILE
    }
}
