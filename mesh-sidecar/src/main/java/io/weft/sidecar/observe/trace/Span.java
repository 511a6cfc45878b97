package io.weft.sidecar.observe.trace;

/**
 * This proxy's part of a sampled trace, as it is known when the request comes. What became of it is read from the finished exchange.
 *
 * @param parentId 0: the trace begins here
 * @param state the caller's {@code tracestate}; may be empty
 * @param startMicros since the epoch
 */
public record Span(long traceHigh, long traceLow, long id, long parentId, String state, long startMicros) {}
