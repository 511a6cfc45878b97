package io.weft.sidecar.resource;

import java.time.Duration;
import java.util.List;

/**
 * {@code tracing} of an HTTP connection manager.
 *
 * @param client share of requests that ask for a trace by {@code x-client-trace-id} and get it
 * @param random share of the other requests without a decision that are sampled
 * @param overall of those that would be sampled here, the share that really is
 * @param maxPathLength of {@code http.url}, in characters
 */
public record TracingResource(
        Exporter exporter, FractionalPercent client, FractionalPercent random, FractionalPercent overall, int maxPathLength, List<Tag> tags) {
    public TracingResource {
        tags = List.copyOf(tags);
    }

    /** What spans are written as. */
    public enum Format {
        OTLP_GRPC,
        OTLP_HTTP,
        ZIPKIN_JSON
    }

    /**
     * Where spans go.
     *
     * @param authority host to ask for
     * @param path for HTTP
     * @param service {@code service.name}; empty: the node's
     * @param timeout for one batch
     */
    public record Exporter(Format format, String cluster, String authority, String path, String service, Duration timeout) {}

    /** Where a custom tag's value comes from. */
    public enum Source {
        LITERAL,
        REQUEST_HEADER,
        ENVIRONMENT
    }

    /**
     * @param name of the header or variable; the value of a literal
     * @param fallback when there is none; empty: no tag then
     */
    public record Tag(String tag, Source source, String name, String fallback) {}
}
