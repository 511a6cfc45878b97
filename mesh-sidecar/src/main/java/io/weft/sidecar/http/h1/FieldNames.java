package io.weft.sidecar.http.h1;

import io.netty.util.AsciiString;
import java.util.Arrays;

/**
 * Lower-case field names, interned. Most names of most requests come from a short list: for those nothing is allocated and the hash that the
 * header map asks for is known. Names leave in lower case, as Envoy's do: HTTP/2 needs it, and it keeps one spelling in the whole engine.
 */
final class FieldNames {

    private static final String[] COMMON = {
        "accept", "accept-charset", "accept-encoding", "accept-language", "accept-ranges", "access-control-allow-credentials",
        "access-control-allow-headers", "access-control-allow-methods", "access-control-allow-origin", "access-control-expose-headers",
        "access-control-max-age", "access-control-request-headers", "access-control-request-method", "age", "allow", "alt-svc",
        "authorization", "b3", "baggage", "cache-control", "connection", "content-disposition", "content-encoding", "content-language",
        "content-length", "content-location", "content-range", "content-security-policy", "content-type", "cookie", "date", "dnt", "end-user",
        "etag", "expect", "expires", "forwarded", "from", "grpc-accept-encoding", "grpc-encoding", "grpc-message", "grpc-status",
        "grpc-timeout", "host", "http2-settings", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since",
        "keep-alive", "last-modified", "link", "location", "max-forwards", "origin", "pragma", "priority", "proxy-authenticate",
        "proxy-authorization", "proxy-connection", "range", "referer", "referrer-policy", "retry-after", "sec-ch-ua", "sec-ch-ua-mobile",
        "sec-ch-ua-platform", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user", "sec-websocket-accept",
        "sec-websocket-extensions", "sec-websocket-key", "sec-websocket-protocol", "sec-websocket-version", "server", "server-timing",
        "set-cookie", "strict-transport-security", "te", "traceparent", "tracestate", "trailer", "transfer-encoding", "upgrade",
        "upgrade-insecure-requests", "user-agent", "vary", "via", "www-authenticate", "x-b3-flags", "x-b3-parentspanid", "x-b3-sampled",
        "x-b3-spanid", "x-b3-traceid", "x-content-type-options", "x-envoy-attempt-count", "x-envoy-expected-rq-timeout-ms",
        "x-envoy-upstream-service-time", "x-forwarded-client-cert", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port",
        "x-forwarded-proto", "x-frame-options", "x-ot-span-context", "x-powered-by", "x-real-ip", "x-request-id", "x-xss-protection",
    };

    private static final int SIZE = 1024;
    private static final FieldName[] TABLE = table();

    private FieldNames() {}

    /** One step of the hash that {@link #intern} expects. */
    static int hash(int h, byte lower) {
        return 31 * h + lower;
    }

    /**
     * The name of {@code length} bytes at {@code from}.
     *
     * @param hash of the lower-cased bytes
     */
    static FieldName intern(byte[] bytes, int from, int length, int hash) {
        for (int i = slot(hash); ; i = i + 1 & SIZE - 1) {
            FieldName known = TABLE[i];
            if (known == null) {
                break;
            }
            if (known.matches(bytes, from, length)) {
                return known;
            }
        }
        byte[] copy = Arrays.copyOfRange(bytes, from, from + length);
        for (int i = 0; i < length; i++) {
            copy[i] = Bytes.lower(copy[i]);
        }
        return new FieldName(new AsciiString(copy, false), FieldName.Kind.OTHER);
    }

    private static int slot(int hash) {
        return (hash ^ hash >>> 11) & SIZE - 1;
    }

    private static FieldName[] table() {
        FieldName[] table = new FieldName[SIZE];
        for (String s : COMMON) {
            AsciiString name = AsciiString.cached(s);
            int h = 0;
            for (byte b : name.array()) {
                h = hash(h, b);
            }
            int i = slot(h);
            while (table[i] != null) {
                i = i + 1 & SIZE - 1;
            }
            table[i] = new FieldName(name, FieldName.Kind.of(s));
        }
        return table;
    }
}
