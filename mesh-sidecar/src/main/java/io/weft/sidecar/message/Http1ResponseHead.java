package io.weft.sidecar.message;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** A response head that arrived over HTTP/1, or is made to leave over it. */
public final class Http1ResponseHead extends Http1Fields implements ResponseHead {
    private final HttpResponse response;

    public Http1ResponseHead(HttpResponse response) {
        super(response.headers());
        this.response = response;
    }

    /** A response of our own. */
    public static Http1ResponseHead of(int status) {
        return new Http1ResponseHead(new DefaultHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders()));
    }

    /** The wrapped object, to be passed on uncopied. */
    public HttpResponse response() {
        return response;
    }

    @Override
    public int status() {
        return response.status().code();
    }

    @Override
    public void status(int status) {
        response.setStatus(HttpResponseStatus.valueOf(status));
    }

    /** A head for HTTP/1 with everything {@code head} says; framing fields are the codec's business. */
    public static Http1ResponseHead from(ResponseHead head) {
        if (head instanceof Http1ResponseHead http1) {
            return http1;
        }
        Http1ResponseHead http1 = of(head.status());
        head.forEach(http1::add);
        return http1;
    }
}
