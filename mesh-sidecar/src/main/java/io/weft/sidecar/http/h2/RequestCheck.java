package io.weft.sidecar.http.h2;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.weft.sidecar.http.h1.Authority;
import io.weft.sidecar.message.HeaderNames;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request as RFC 9113 section 8.3.1 wants it. {@link #MALFORMED} is a stream error; what is well-formed HTTP/2 but
 * refused by our own rules, the same as on HTTP/1, gets a status.
 */
final class RequestCheck {

    static final int GOOD = 0;
    static final int MALFORMED = -1;

    private static final int MAX_TARGET = 8 * 1024;
    private static final AsciiString TRAILERS = AsciiString.cached("trailers");
    private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
    private static final AsciiString OPTIONS = AsciiString.cached("OPTIONS");

    private RequestCheck() {}

    /** {@link #GOOD}, {@link #MALFORMED}, or a status; puts {@code host} into {@code :authority}. */
    static int head(Http2Headers headers, int maxLines, boolean connectAllowed) {
        CharSequence method = null;
        CharSequence scheme = null;
        CharSequence authority = null;
        CharSequence path = null;
        CharSequence protocol = null;
        CharSequence host = null;
        boolean repeated = false;
        boolean hosts = false;
        int lines = 0;
        boolean fields = false;
        boolean length = false;
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            CharSequence name = field.getKey();
            CharSequence value = field.getValue();
            if (!FieldCheck.isValue(value)) {
                return MALFORMED;
            }
            if (name.length() > 1 && name.charAt(0) == ':') {
                if (fields) {
                    return MALFORMED;
                }
                switch (name.length() << 8 | name.charAt(1)) {
                    case 7 << 8 | 'm' -> {
                        repeated |= method != null;
                        method = value;
                    }
                    case 7 << 8 | 's' -> {
                        repeated |= scheme != null;
                        scheme = value;
                    }
                    case 10 << 8 | 'a' -> {
                        repeated |= authority != null;
                        authority = value;
                    }
                    case 5 << 8 | 'p' -> {
                        repeated |= path != null;
                        path = value;
                    }
                    case 9 << 8 | 'p' -> {
                        repeated |= protocol != null;
                        protocol = value;
                    }
                    default -> {
                        return MALFORMED;
                    }
                }
                continue;
            }
            fields = true;
            lines++;
            if (!FieldCheck.isName(name)) {
                return MALFORMED;
            }
            switch (name.length()) {
                case 2 -> {
                    if (HeaderNames.TE.contentEquals(name) && !TRAILERS.contentEqualsIgnoreCase(value)) {
                        return MALFORMED;
                    }
                }
                case 4 -> {
                    if (HeaderNames.HOST.contentEquals(name)) {
                        hosts |= host != null;
                        host = value;
                    }
                }
                case 7, 10, 16, 17 -> {
                    if (HeaderNames.forbiddenInHttp2(AsciiString.of(name))) {
                        return MALFORMED;
                    }
                }
                case 14 -> {
                    if (HeaderNames.CONTENT_LENGTH.contentEquals(name)) {
                        if (length || !isLength(value)) {
                            return MALFORMED;
                        }
                        length = true;
                    }
                }
                default -> { }
            }
        }
        if (repeated || method == null || !isMethod(method)) {
            return MALFORMED;
        }
        if (lines > maxLines) {
            return 431;
        }
        boolean connect = CONNECT.contentEquals(method);
        if (connect && protocol == null) {
            if (scheme != null || path != null || authority == null) {
                return MALFORMED;
            }
        } else if (protocol != null && (!connect || !connectAllowed)) {
            return MALFORMED;
        } else if (scheme == null || path == null || path.length() == 0) {
            return MALFORMED;
        }
        if (connect && !connectAllowed || scheme != null && !isHttp(scheme)) {
            return 400;
        }
        int target = path == null ? GOOD : path(method, path);
        return target != GOOD ? target : authority(headers, authority, host, hosts);
    }

    private static int path(CharSequence method, CharSequence path) {
        if (path.length() > MAX_TARGET) {
            return 414;
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                return 400;
            }
        }
        char first = path.charAt(0);
        return first == '/' || first == '*' && path.length() == 1 && OPTIONS.contentEquals(method) ? GOOD : 400;
    }

    private static int authority(Http2Headers headers, @Nullable CharSequence authority, @Nullable CharSequence host, boolean hosts) {
        CharSequence named = authority != null ? authority : host;
        if (hosts || named == null || !Authority.isValid(named)) {
            return 400;
        }
        if (host != null) {
            if (authority != null && !AsciiString.contentEqualsIgnoreCase(authority, host)) {
                return 400;
            }
            headers.remove(HeaderNames.HOST);
            headers.authority(named);
        }
        return GOOD;
    }

    private static boolean isHttp(CharSequence scheme) {
        return AsciiString.contentEquals(scheme, "http") || AsciiString.contentEquals(scheme, "https");
    }

    private static boolean isMethod(CharSequence method) {
        int n = method.length();
        if (n == 0 || n > 32) {
            return false;
        }
        for (int i = 0; i < n; i++) {
            char c = method.charAt(i);
            if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    static boolean isLength(CharSequence value) {
        int n = value.length();
        if (n == 0 || n > 18) {
            return false;
        }
        for (int i = 0; i < n; i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** Trailers, of either side: no pseudo-header, nothing that frames or routes. */
    static boolean trailers(Http2Headers headers, int maxLines) {
        if (headers.size() > maxLines) {
            return false;
        }
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            CharSequence name = field.getKey();
            if (!FieldCheck.isName(name) || !FieldCheck.isValue(field.getValue()) || HeaderNames.CONTENT_LENGTH.contentEquals(name)
                    || HeaderNames.forbiddenInHttp2(AsciiString.of(name))) {
                return false;
            }
        }
        return true;
    }
}
