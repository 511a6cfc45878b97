package io.weft.sidecar.route;

import io.netty.util.AsciiString;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.HeaderNames;

/** What makes a message gRPC. */
public final class Grpc {
    private Grpc() {}

    /** {@code application/grpc}, alone or followed by {@code +} or {@code ;}. */
    public static boolean isRequest(HeaderBlock head) {
        CharSequence type = head.get(HeaderNames.CONTENT_TYPE);
        if (type == null || type.length() < 16 || !AsciiString.regionMatches(type, true, 0, "application/grpc", 0, 16)) {
            return false;
        }
        return type.length() == 16 || type.charAt(16) == '+' || type.charAt(16) == ';';
    }

    /** How an HTTP status reads to a gRPC client (grpc's http-grpc-status-mapping). */
    public static int statusOf(int http) {
        return switch (http) {
            case 400 -> 13;
            case 401 -> 16;
            case 403 -> 7;
            case 404 -> 12;
            case 429, 502, 503, 504 -> 14;
            default -> 2;
        };
    }
}
