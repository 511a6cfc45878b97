package io.weft.sidecar.http;

import io.netty.buffer.ByteBufUtil;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.Http1ResponseHead;
import io.weft.sidecar.message.ResponseHead;

/** Heads of the answers that no endpoint gave. */
final class OwnAnswers {
    private OwnAnswers() {}

    /** 204 and 304 have no body, whatever a configuration wants in it. */
    static ResponseHead text(int code, String text) {
        ResponseHead own = Http1ResponseHead.of(code);
        if (code == 204 || code == 304) {
            return own;
        }
        if (!text.isEmpty()) {
            own.set(HeaderNames.CONTENT_TYPE, "text/plain");
        }
        own.set(HeaderNames.CONTENT_LENGTH, Integer.toString(ByteBufUtil.utf8Bytes(text)));
        return own;
    }

    /** A gRPC call ends with gRPC's own status, in trailers-only form. */
    static ResponseHead grpc(int code, String message) {
        ResponseHead own = Http1ResponseHead.of(200);
        own.set(HeaderNames.CONTENT_TYPE, "application/grpc");
        own.set(HeaderNames.GRPC_STATUS, Integer.toString(code));
        if (!message.isEmpty()) {
            own.set(HeaderNames.GRPC_MESSAGE, message);
        }
        return own;
    }
}
