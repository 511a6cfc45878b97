package io.weft.sidecar.message;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** A request head that arrived over HTTP/1, or is made to leave over it. */
public final class Http1RequestHead extends Http1Fields implements RequestHead {
    private final HttpRequest request;
    private String authority;
    private String scheme;
    private @Nullable String upgrade;

    /**
     * @param request its URI is in origin form
     * @param authority what {@code Host} (or the absolute form) says
     */
    public Http1RequestHead(HttpRequest request, String authority, String scheme) {
        super(request.headers());
        this.request = request;
        this.authority = authority;
        this.scheme = scheme;
    }

    /** The wrapped object, to be passed on uncopied. */
    public HttpRequest request() {
        return request;
    }

    @Override
    public CharSequence method() {
        return request.method().asciiName();
    }

    @Override
    public String path() {
        return request.uri();
    }

    @Override
    public void path(String path) {
        request.setUri(path);
    }

    @Override
    public String authority() {
        return authority;
    }

    @Override
    public void authority(String value) {
        authority = value;
        set(HeaderNames.HOST, value);
    }

    @Override
    public String scheme() {
        return scheme;
    }

    @Override
    public void scheme(String value) {
        scheme = value;
    }

    @Override
    public String protocol() {
        return request.protocolVersion().text();
    }

    @Override
    public @Nullable String upgrade() {
        return upgrade;
    }

    @Override
    public void upgrade(@Nullable String protocol) {
        upgrade = protocol;
    }

    /** A head for HTTP/1 with everything {@code head} says; hop-by-hop and framing fields are the codec's business. */
    public static Http1RequestHead from(RequestHead head) {
        if (head instanceof Http1RequestHead http1) {
            return http1;
        }
        HttpRequest request = new DefaultHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.valueOf(head.method().toString()),
                head.path(),
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders());
        request.headers().set(HeaderNames.HOST, head.authority());
        Cookies cookies = new Cookies();
        head.forEach((name, value) -> {
            if (HeaderNames.COOKIE.contentEqualsIgnoreCase(name)) {
                cookies.crumb(value);
            } else if (!HeaderNames.HOST.contentEqualsIgnoreCase(name)) {
                request.headers().add(name, value);
            }
        });
        if (cookies.joined != null) {
            request.headers().set(HeaderNames.COOKIE, cookies.joined.toString());
        }
        Http1RequestHead http1 = new Http1RequestHead(request, head.authority(), head.scheme());
        http1.upgrade(head.upgrade());
        return http1;
    }

    /** RFC 9113 8.2.3: crumbs become one field when a request leaves HTTP/2. */
    private static final class Cookies {
        private @Nullable StringBuilder joined;

        private void crumb(CharSequence value) {
            joined = joined == null ? new StringBuilder() : joined.append("; ");
            joined.append(value);
        }
    }
}
