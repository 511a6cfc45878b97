package io.weft.sidecar.message;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** A request head that arrived over HTTP/2, or is made to leave over it; pseudo-headers live in the wrapped object. */
public final class Http2RequestHead extends Http2Fields implements RequestHead {
    private String path;
    private String authority;
    private @Nullable String upgrade;

    public Http2RequestHead(Http2Headers headers) {
        super(headers);
        this.path = text(headers.path());
        this.authority = text(headers.authority());
    }

    private static String text(@Nullable CharSequence value) {
        return value == null ? "" : value.toString();
    }

    @Override
    public CharSequence method() {
        CharSequence method = netty().method();
        return method == null ? "" : method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public void path(String value) {
        path = value;
        netty().path(value);
    }

    @Override
    public String authority() {
        return authority;
    }

    @Override
    public void authority(String value) {
        authority = value;
        netty().authority(value);
    }

    @Override
    public String scheme() {
        return text(netty().scheme());
    }

    @Override
    public void scheme(String value) {
        netty().scheme(value);
    }

    @Override
    public String protocol() {
        return "HTTP/2";
    }

    @Override
    public @Nullable String upgrade() {
        return upgrade;
    }

    @Override
    public void upgrade(@Nullable String protocol) {
        upgrade = protocol;
    }

    /** A head for HTTP/2 with everything {@code head} says but what HTTP/2 forbids. */
    public static Http2RequestHead from(RequestHead head) {
        if (head instanceof Http2RequestHead http2) {
            return http2;
        }
        Http2Headers headers = new DefaultHttp2Headers(false);
        headers.method(head.method()).path(head.path()).scheme(head.scheme()).authority(head.authority());
        head.forEach((name, value) -> {
            AsciiString lower = AsciiString.of(name).toLowerCase();
            if (!HeaderNames.forbiddenInHttp2(lower)) {
                headers.add(lower, value);
            }
        });
        Http2RequestHead http2 = new Http2RequestHead(headers);
        http2.upgrade(head.upgrade());
        return http2;
    }
}
