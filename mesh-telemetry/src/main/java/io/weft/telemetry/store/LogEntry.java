package io.weft.telemetry.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of an access log, as {@code GET /weft/v1/logs} shows it. Who took it in has cut the texts.
 *
 * @param id number of this line, greater than those of lines before it
 * @param time when the request (or connection) began
 * @param reporter workload that wrote it
 * @param namespace of the reporter; by its certificate where it showed one
 * @param direction {@code inbound}, {@code outbound} or {@code gateway}
 * @param status HTTP status; 0 without an answer, and for TCP
 * @param flags Envoy's response flags, comma separated; empty for none
 * @param details Envoy's response code details
 * @param duration milliseconds until the last byte went out
 * @param received bytes of the request's body
 * @param sent bytes of the response's body
 * @param peer SPIFFE id of who called, by its certificate
 */
public record LogEntry(
        long id,
        Instant time,
        String reporter,
        String namespace,
        String direction,
        @Nullable String method,
        @Nullable String path,
        @Nullable String authority,
        @Nullable String protocol,
        int status,
        String flags,
        @Nullable String details,
        double duration,
        long received,
        long sent,
        @Nullable String upstreamHost,
        @Nullable String cluster,
        @Nullable String route,
        @Nullable String downstream,
        @Nullable String peer,
        @Nullable String requestId,
        @Nullable String traceId,
        @Nullable String userAgent) {

    private static final int FIXED = 240;

    /** Bytes it takes at most. */
    int weight() {
        return FIXED
                + Texts.weight(reporter)
                + Texts.weight(namespace)
                + Texts.weight(method)
                + Texts.weight(path)
                + Texts.weight(authority)
                + Texts.weight(protocol)
                + Texts.weight(flags)
                + Texts.weight(details)
                + Texts.weight(upstreamHost)
                + Texts.weight(cluster)
                + Texts.weight(route)
                + Texts.weight(downstream)
                + Texts.weight(peer)
                + Texts.weight(requestId)
                + Texts.weight(traceId)
                + Texts.weight(userAgent);
    }
}
