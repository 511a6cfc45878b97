package io.weft.sidecar.http.h2;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.Http2Fields;

/** Trailers for HTTP/2, whatever they came from. */
final class TrailerBlock {

    private TrailerBlock() {}

    static Http2Headers http2(HeaderBlock trailers) {
        if (trailers instanceof Http2Fields fields) {
            return fields.netty();
        }
        Http2Headers headers = new DefaultHttp2Headers(false);
        trailers.forEach((name, value) -> {
            AsciiString lower = AsciiString.of(name).toLowerCase();
            if (!HeaderNames.forbiddenInHttp2(lower)) {
                headers.add(lower, value);
            }
        });
        return headers;
    }
}
