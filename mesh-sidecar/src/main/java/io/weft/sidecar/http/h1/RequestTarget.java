package io.weft.sidecar.http.h1;

import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/** The four forms of a request target (RFC 9112 section 3.2) and which method may use which. */
final class RequestTarget {

    private RequestTarget() {}

    /** What is wrong with the target, or null. */
    static @Nullable String wrong(HttpMethod method, String target, boolean connectAllowed) {
        if (HttpMethod.CONNECT.equals(method)) {
            if (!connectAllowed) {
                return "CONNECT: no tunnel is configured";
            }
            return Authority.isValid(target) && Authority.hasPort(target) ? null : "CONNECT: target (expected: host:port)";
        }
        char first = target.charAt(0);
        if (first == '/') {
            return null;
        }
        if (first == '*') {
            return target.length() == 1 && HttpMethod.OPTIONS.equals(method) ? null : "target * with another method than OPTIONS";
        }
        int start = target.regionMatches(true, 0, "http://", 0, 7) ? 7 : target.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
        if (start < 0) {
            return "target (expected: /path, http://host/path, or * with OPTIONS)";
        }
        int end = start;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        return Authority.isValid(target, start, end) ? null : "target: its authority is not a host with an optional port";
    }
}
