package io.weft.sidecar.message;

import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link HeaderBlock} over Netty's HTTP/2 headers; pseudo-headers are neither found nor visited here. */
public class Http2Fields implements HeaderBlock {
    private final Http2Headers headers;

    public Http2Fields(Http2Headers headers) {
        this.headers = headers;
    }

    /** The wrapped object, to be passed on uncopied. */
    public final Http2Headers netty() {
        return headers;
    }

    @Override
    public final @Nullable CharSequence get(CharSequence name) {
        return headers.get(name);
    }

    @Override
    public final List<CharSequence> getAll(CharSequence name) {
        return headers.getAll(name);
    }

    @Override
    public final boolean contains(CharSequence name) {
        return headers.contains(name);
    }

    @Override
    public final void set(CharSequence name, CharSequence value) {
        headers.set(name, value);
    }

    @Override
    public final void add(CharSequence name, CharSequence value) {
        headers.add(name, value);
    }

    @Override
    public final void remove(CharSequence name) {
        headers.remove(name);
    }

    @Override
    public final int size() {
        return headers.size();
    }

    @Override
    public final void forEach(Visitor visitor) {
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            CharSequence name = field.getKey();
            if (name.length() > 0 && name.charAt(0) != ':') {
                visitor.field(name, field.getValue());
            }
        }
    }
}
