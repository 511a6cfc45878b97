package io.weft.sidecar.message;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/** A response head that arrived over HTTP/2, or is made to leave over it. */
public final class Http2ResponseHead extends Http2Fields implements ResponseHead {
    private int status;

    public Http2ResponseHead(Http2Headers headers) {
        super(headers);
        CharSequence text = headers.status();
        this.status = text == null ? 0 : HttpResponseStatus.parseLine(text).code();
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public void status(int value) {
        status = value;
        netty().status(HttpResponseStatus.valueOf(value).codeAsText());
    }

    /** A head for HTTP/2 with everything {@code head} says but what HTTP/2 forbids. */
    public static Http2ResponseHead from(ResponseHead head) {
        if (head instanceof Http2ResponseHead http2) {
            return http2;
        }
        Http2Headers headers = new DefaultHttp2Headers(false);
        headers.status(HttpResponseStatus.valueOf(head.status()).codeAsText());
        head.forEach((name, value) -> {
            AsciiString lower = AsciiString.of(name).toLowerCase();
            if (!HeaderNames.forbiddenInHttp2(lower)) {
                headers.add(lower, value);
            }
        });
        return new Http2ResponseHead(headers);
    }
}
