package io.weft.sidecar.http.h2;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.weft.sidecar.message.HeaderNames;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The head of a response as RFC 9113 section 8.3.2 wants it. */
final class ResponseCheck {

    private static final AsciiString STATUS = AsciiString.cached(":status");

    private ResponseCheck() {}

    /** The status, or -1 when the head is malformed. */
    static int head(Http2Headers headers, int maxLines) {
        CharSequence status = null;
        boolean fields = false;
        boolean length = false;
        int lines = 0;
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            CharSequence name = field.getKey();
            CharSequence value = field.getValue();
            if (!FieldCheck.isValue(value)) {
                return -1;
            }
            if (name.length() > 0 && name.charAt(0) == ':') {
                if (fields || status != null || !STATUS.contentEquals(name)) {
                    return -1;
                }
                status = value;
                continue;
            }
            fields = true;
            if (++lines > maxLines || !FieldCheck.isName(name) || HeaderNames.forbiddenInHttp2(AsciiString.of(name))) {
                return -1;
            }
            if (name.length() == 14 && HeaderNames.CONTENT_LENGTH.contentEquals(name)) {
                if (length || !RequestCheck.isLength(value)) {
                    return -1;
                }
                length = true;
            }
        }
        return code(status);
    }

    private static int code(@Nullable CharSequence status) {
        if (status == null || status.length() != 3) {
            return -1;
        }
        int code = 0;
        for (int i = 0; i < 3; i++) {
            char c = status.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            code = 10 * code + c - '0';
        }
        return code < 100 ? -1 : code;
    }
}
