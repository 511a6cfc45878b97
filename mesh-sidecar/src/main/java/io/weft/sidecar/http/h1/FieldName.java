package io.weft.sidecar.http.h1;

import io.netty.util.AsciiString;

/** A field name and what the framing rules make of it. */
record FieldName(AsciiString text, Kind kind) {

    /** Names that decide on framing, or that may not come in a trailer section (RFC 9110 section 6.5.1). */
    enum Kind {
        OTHER,
        HOST,
        CONTENT_LENGTH,
        TRANSFER_ENCODING,
        CONNECTION,
        UPGRADE,
        NOT_IN_TRAILER;

        static Kind of(String name) {
            return switch (name) {
                case "host" -> HOST;
                case "content-length" -> CONTENT_LENGTH;
                case "transfer-encoding" -> TRANSFER_ENCODING;
                case "connection" -> CONNECTION;
                case "upgrade" -> UPGRADE;
                case "authorization", "cache-control", "content-encoding", "content-range", "content-type", "cookie", "expect", "forwarded",
                        "http2-settings", "keep-alive", "max-forwards", "proxy-authenticate", "proxy-authorization", "proxy-connection", "range",
                        "set-cookie", "te", "trailer", "www-authenticate", "x-envoy-attempt-count", "x-envoy-expected-rq-timeout-ms",
                        "x-forwarded-client-cert", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto",
                        "x-real-ip", "x-request-id" -> NOT_IN_TRAILER;
                default -> OTHER;
            };
        }
    }

    boolean matches(byte[] bytes, int from, int length) {
        if (text.length() != length) {
            return false;
        }
        byte[] own = text.array();
        for (int i = 0; i < length; i++) {
            if (own[i] != Bytes.lower(bytes[from + i])) {
                return false;
            }
        }
        return true;
    }
}
