package io.weft.sidecar.http.h1;

/**
 * Bounds of one HTTP/1 message head, and of its trailer section.
 *
 * @param maxStartLineBytes longest request or status line, in bytes; beyond it a request is answered 414
 * @param maxHeaderBytes most bytes of start line and header lines together; beyond it a request is answered 431
 * @param maxHeaderLines most header lines; beyond it a request is answered 431
 * @param connectAllowed whether {@code CONNECT} is let through to the engine
 */
public record Http1Limits(int maxStartLineBytes, int maxHeaderBytes, int maxHeaderLines, boolean connectAllowed) {

    /** What Envoy allows by default: 60 KiB and 100 lines; a target of 8 KiB; no tunnels. */
    public static final Http1Limits DEFAULT = new Http1Limits(8 * 1024, 60 * 1024, 100, false);

    public Http1Limits {
        if (maxStartLineBytes < 64 || maxHeaderBytes < maxStartLineBytes || maxHeaderLines < 1) {
            throw new IllegalArgumentException("HTTP/1 limits: start line " + maxStartLineBytes + ", head " + maxHeaderBytes + ", lines "
                    + maxHeaderLines + " (expected: 64 <= start line <= head, lines >= 1)");
        }
    }
}
